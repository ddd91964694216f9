import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '../../../call/json.ts';
import type { JsonRow, RowError, TableField, TableId } from '../../stand-in/engine/engine.ts';
import { readDispositions, type Dispositions } from '../dispositions.ts';
import { countAt, flagAt, listAt, objectAt, textAt } from '../fields.ts';
import type { LoadOutcome } from '../jobs/job.ts';
import type { Plan } from '../jobs/jobs-insert.ts';
import { placeOf } from '../jobs/location.ts';
import { readLayout } from '../jobs/query-configuration.ts';
import { refuseUnsupported } from '../jobs/refuse-unsupported.ts';
import { tableAt } from '../references.ts';
import { alreadyExists, invalid, notFound, notImplemented, type RestError } from '../rest-error.ts';
import type { Media } from '../rest-request.ts';
import type { Service } from '../service.ts';
import { readSchema } from '../tables/schema.ts';
import { readCsv } from './csv.ts';
import { readJsonLines } from './json-lines.ts';

const known = new Set([
  'allowJaggedRows',
  'allowQuotedNewlines',
  'autodetect',
  'clustering',
  'createDisposition',
  'destinationTable',
  'encoding',
  'fieldDelimiter',
  'ignoreUnknownValues',
  'maxBadRecords',
  'nullMarker',
  'quote',
  'rangePartitioning',
  'schema',
  'skipLeadingRows',
  'sourceFormat',
  'timePartitioning',
  'writeDisposition',
]);

interface Load {
  readonly settings: JsonObject;
  readonly destination: TableId;
  readonly dispositions: Dispositions;
  readonly bytes: Buffer;
}

/** The rows of a file, and the schema that they say or that was found in them. */
export interface LoadedRows {
  readonly schema: readonly TableField[];
  readonly rows: readonly JsonRow[];
  /** Lines that could not be read at all. */
  readonly badRecords: number;
}

/** A load job from an upload. Loads from Cloud Storage are not there: nothing local could be meant. */
export async function startLoad(
  service: Service,
  project: string,
  configuration: JsonObject,
  asked: string | undefined,
  media: Media | undefined,
): Promise<Plan> {
  const settings = objectAt(configuration, 'load') ?? {};
  if ((listAt(settings, 'sourceUris') ?? []).length > 0) throw notImplemented('loads from Cloud Storage');
  refuseUnsupported(settings, known, 'a load job');
  const destination = tableAt(settings, 'destinationTable', project);
  if (destination === undefined) throw invalid('Required parameter is missing: destinationTable');
  if (media === undefined) throw invalid('The load job has neither an upload nor sourceUris.');
  const dispositions = readDispositions(settings, 'WRITE_APPEND');
  const load = { settings, destination, dispositions, bytes: unzip(media.bytes) };
  const location = await placeOf(service, destination, asked);
  return { location, run: () => runLoad(service, load) };
}

/** BigQuery reads gzip files of text as they are. */
function unzip(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

async function runLoad(service: Service, load: Load): Promise<LoadOutcome> {
  const existing = await existingSchema(service, load);
  const loaded = readRows(load, existing);
  const target = await prepareTarget(service, load, loaded.schema, existing);
  const badRecords = loaded.badRecords + (await append(service, load, target, loaded));
  if (target !== load.destination) await moveInto(service, target, load.destination);
  const outputRows = loaded.rows.length + loaded.badRecords - badRecords;
  return { kind: 'load', inputBytes: load.bytes.length, outputRows, badRecords };
}

async function existingSchema(service: Service, load: Load): Promise<readonly TableField[] | undefined> {
  const { destination, dispositions } = load;
  const table = await service.engine.getTable(destination).catch(absent);
  const name = `Table ${destination.projectId}:${destination.datasetId}.${destination.tableId}`;
  if (table === undefined && dispositions.createDisposition === 'CREATE_NEVER') throw notFound(name);
  const isFull = table !== undefined && table.numRows > 0;
  if (isFull && dispositions.writeDisposition === 'WRITE_EMPTY') throw alreadyExists(name);
  return table?.schema;
}

function absent(): undefined {
  return undefined;
}

function readRows({ settings, bytes }: Load, existing: readonly TableField[] | undefined): LoadedRows {
  const format = textAt(settings, 'sourceFormat') ?? 'CSV';
  const encoding = textAt(settings, 'encoding') ?? 'UTF-8';
  if (encoding !== 'UTF-8') throw notImplemented(`loads in the encoding ${encoding}`);
  const schema = readSchema(objectAt(settings, 'schema')) ?? existing;
  const detect = flagAt(settings, 'autodetect') === true;
  if (schema === undefined && !detect) throw invalid('No schema specified on job or table.');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (format === 'CSV') return readCsv(text, schema, settings);
  if (format === 'NEWLINE_DELIMITED_JSON') return readJsonLines(text, schema);
  throw notImplemented(`loads of the format ${format}`);
}

/** A load that replaces fills a table beside the old one first, so a bad file leaves the old rows alone. */
async function prepareTarget(
  service: Service,
  { settings, destination, dispositions }: Load,
  schema: readonly TableField[],
  existing: readonly TableField[] | undefined,
): Promise<TableId> {
  const layout = readLayout(settings);
  if (existing === undefined) {
    await service.engine.createTable({ ...destination, schema, ...layout });
    return destination;
  }
  if (dispositions.writeDisposition !== 'WRITE_TRUNCATE') return destination;
  const beside = { ...destination, tableId: `load_${randomUUID().replaceAll('-', '_')}` };
  await service.engine.createTable({ ...beside, schema, ...layout });
  return beside;
}

async function moveInto(service: Service, from: TableId, to: TableId): Promise<void> {
  await service.engine.copyTable(from, to, { writeDisposition: 'WRITE_TRUNCATE' });
  await service.engine.deleteTable(from);
}

/** Answers how many rows were left out; more than `maxBadRecords` fail the job and store nothing. */
async function append(service: Service, load: Load, target: TableId, loaded: LoadedRows): Promise<number> {
  const ignoreUnknownValues = flagAt(load.settings, 'ignoreUnknownValues') ?? false;
  const allowed = (countAt(load.settings, 'maxBadRecords') ?? 0) - loaded.badRecords;
  const errors =
    allowed < 0 ? [] : await service.engine.appendRows(target, loaded.rows, { ignoreUnknownValues });
  const bad = errors.filter((error) => !isBystander(error));
  if (allowed < 0 || bad.length > allowed) {
    if (target !== load.destination) await service.engine.deleteTable(target);
    throw tooManyErrors(bad, loaded.badRecords);
  }
  if (bad.length === 0) return 0;
  await service.engine.appendRows(target, loaded.rows, { ignoreUnknownValues, skipInvalidRows: true });
  return bad.length;
}

/** A good row that was not stored because of another one. */
function isBystander(error: RowError): boolean {
  return error.errors.every(({ reason }) => reason === 'stopped');
}

function tooManyErrors(errors: readonly RowError[], unreadable: number): RestError {
  const first = errors[0];
  const detail = first === undefined ? 'a line cannot be read' : (first.errors[0]?.message ?? '');
  const row = first === undefined ? '' : ` (row ${first.index + 1})`;
  const count = errors.length + unreadable;
  return invalid(
    `Error while reading data, error message: too many errors: ${count}; first: ${detail}${row}`,
  );
}
