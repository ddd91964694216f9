import type { JsonObject } from '../../../call/json.ts';
import type { QueryRequest, TablePatch } from '../../stand-in/engine/engine.ts';
import { readDispositions } from '../dispositions.ts';
import { countAt, flagAt, objectAt, requiredText, textAt } from '../fields.ts';
import { datasetAt, tableAt } from '../references.ts';
import { notImplemented } from '../rest-error.ts';
import type { Service } from '../service.ts';
import { readParameters } from './query-parameters.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

/** Fields that the stand-in obeys, or that change no answer. */
const known = new Set([
  'allowLargeResults',
  'clustering',
  'createDisposition',
  'defaultDataset',
  'destinationEncryptionConfiguration',
  'destinationTable',
  'flattenResults',
  'maximumBillingTier',
  'maximumBytesBilled',
  'parameterMode',
  'preserveNulls',
  'priority',
  'query',
  'queryParameters',
  'rangePartitioning',
  'timePartitioning',
  'useLegacySql',
  'useQueryCache',
  'writeDisposition',
  'writeIncrementalResults',
]);

export interface QueryConfiguration {
  readonly request: Omit<QueryRequest, 'signal' | 'dryRun'>;
  readonly maximumBytesBilled: number | undefined;
  /** Partitioning and clustering of the destination table. */
  readonly layout: TablePatch;
}

export function readQueryConfiguration(
  configuration: JsonObject,
  project: string,
  service: Service,
): QueryConfiguration {
  const query = objectAt(configuration, 'query') ?? {};
  refuseUnsupported(query, known, 'a query job');
  const sql = requiredText(query, 'query');
  refuseLegacySql(query, sql);
  const defaultDataset = datasetAt(query, 'defaultDataset', project);
  return {
    request: {
      sql,
      project,
      parameters: readParameters(query),
      user: service.userEmail,
      ...(defaultDataset === undefined ? {} : { defaultDataset }),
      ...destinationOf(query, project),
    },
    maximumBytesBilled: countAt(query, 'maximumBytesBilled'),
    layout: readLayout(query),
  };
}

function destinationOf(
  query: JsonObject,
  project: string,
): Pick<QueryRequest, 'destination' | 'writeDisposition' | 'createDisposition'> {
  const destination = tableAt(query, 'destinationTable', project);
  return destination === undefined ? {} : { destination, ...readDispositions(query, 'WRITE_EMPTY') };
}

/** `useLegacySql` is true unless the request says otherwise: that is BigQuery's rule, too. */
function refuseLegacySql(query: JsonObject, sql: string): void {
  if (flagAt(query, 'useLegacySql') === false || /^\s*#standardSQL\b/i.test(sql)) return;
  throw notImplemented('legacy SQL (REST requests use it unless they say "useLegacySql": false)');
}

export function readLayout(source: JsonObject): TablePatch {
  const [timePartitioning, rangePartitioning, clustering] = [
    objectAt(source, 'timePartitioning'),
    objectAt(source, 'rangePartitioning'),
    objectAt(source, 'clustering'),
  ];
  return {
    ...(timePartitioning === undefined ? {} : { timePartitioning }),
    ...(rangePartitioning === undefined ? {} : { rangePartitioning }),
    ...(clustering === undefined ? {} : { clustering }),
  };
}

/** What of a `jobs.query` body is the job's configuration; the rest says how to answer. */
export function configurationOfRequest(body: JsonObject): JsonObject {
  const { labels, jobTimeoutMs, reservation, maxSlots } = body;
  const answering = new Set([
    'kind',
    'labels',
    'jobTimeoutMs',
    'reservation',
    'maxSlots',
    'dryRun',
    'timeoutMs',
    'maxResults',
    'formatOptions',
    'requestId',
    'jobCreationMode',
    'location',
    'queryResultsFormat',
  ]);
  const query = Object.fromEntries(Object.entries(body).filter(([name]) => !answering.has(name)));
  refuseResultsFormat(textAt(body, 'queryResultsFormat'));
  return { jobType: 'QUERY', query, ...definedOnly({ labels, jobTimeoutMs, reservation, maxSlots }) };
}

function refuseResultsFormat(format: string | undefined): void {
  const isRows = format === undefined || format === 'STRUCT_ENCODING' || format.endsWith('_UNSPECIFIED');
  if (!isRows) throw notImplemented(`queryResultsFormat ${format}`);
}

function definedOnly(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
