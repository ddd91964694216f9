import type { JsonObject } from '../../../call/json.ts';
import type { TableId, TablePatch, TableRecord } from '../../stand-in/engine/engine.ts';
import { idOf as datasetOf, patchedText } from '../datasets.ts';
import { flagAt, objectAt, requiredText, textAt } from '../fields.ts';
import { readLayout } from '../jobs/query-configuration.ts';
import { refuseUnsupported } from '../jobs/refuse-unsupported.ts';
import { patchLabels } from '../labels.ts';
import { pageOf } from '../page.ts';
import { answerResource, checkIfMatch } from '../precondition.ts';
import { invalid, notImplemented } from '../rest-error.ts';
import { noContent, ok } from '../rest-request.ts';
import type { Handler, Ids } from '../routes.ts';
import type { Service } from '../service.ts';
import { readSchema } from './schema.ts';
import { anonymousResource, listItem, tableName, tableResource } from './table-resource.ts';

/** Kept, without effect on any answer. */
export const tableExtras: readonly string[] = ['encryptionConfiguration', 'resourceTags', 'tableConstraints'];

const outputOnly = [
  'kind',
  'etag',
  'id',
  'selfLink',
  'type',
  'creationTime',
  'lastModifiedTime',
  'location',
  'numBytes',
  'numRows',
  'numLongTermBytes',
  'numTotalLogicalBytes',
];
const settings = ['description', 'friendlyName', 'labels', 'expirationTime', 'schema', 'view'];
const layout = ['timePartitioning', 'rangePartitioning', 'clustering'];
const known = new Set(['tableReference', ...settings, ...layout, ...outputOnly, ...tableExtras]);

export const insertTable =
  (service: Service): Handler =>
  async ({ body = {} }, ids) => {
    refuseUnsupported(body, known, 'a table');
    const id = { ...datasetOf(ids), tableId: requiredText(objectAt(body, 'tableReference'), 'tableId') };
    checkName(id.tableId);
    const record = await service.engine.createTable({ ...id, ...readSettings(body, {}) });
    service.tableExtras.patch(tableName(record), record.creationTime, body);
    return ok(await resourceOf(service, record));
  };

export const getTable =
  (service: Service): Handler =>
  async (request, ids) => {
    const anonymous = service.jobs.ofAnonymousTable(idOf(ids));
    if (anonymous !== undefined) return ok(anonymousResource(idOf(ids), anonymous.job, anonymous.outcome));
    const record = await service.engine.getTable(idOf(ids));
    return answerResource(request, await resourceOf(service, record), record.etag);
  };

export const listTables =
  (service: Service): Handler =>
  async ({ query }, ids) => {
    const records = await service.engine.listTables(datasetOf(ids));
    const page = pageOf(records, query, `tables of ${ids['datasetId'] ?? ''}`);
    return ok({
      kind: 'bigquery#tableList',
      etag: String(records.length),
      ...(page.items.length === 0 ? {} : { tables: page.items.map(listItem) }),
      totalItems: records.length,
      ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    });
  };

/** `tables.patch` keeps what the body does not name, `tables.update` clears it. */
export const changeTable =
  (service: Service, keep: boolean): Handler =>
  async (request, ids) => {
    const { body = {} } = request;
    refuseUnsupported(body, known, 'a table');
    const before = await service.engine.getTable(idOf(ids));
    checkIfMatch(request, before.etag);
    const cleared: TablePatch = keep ? {} : { description: '', friendlyName: '' };
    const patch = { ...cleared, ...readSettings(body, keep ? before.labels : {}) };
    const record = await service.engine.patchTable(idOf(ids), patch);
    service.tableExtras.patch(tableName(record), record.creationTime, body);
    return ok(await resourceOf(service, record));
  };

export const deleteTable =
  (service: Service): Handler =>
  async (_request, ids) => {
    await service.engine.deleteTable(idOf(ids));
    return noContent;
  };

export function idOf(ids: Ids): TableId {
  return { ...datasetOf(ids), tableId: ids['tableId'] ?? '' };
}

async function resourceOf(service: Service, record: TableRecord): Promise<object> {
  const { location } = await service.engine.getDataset(record);
  const extras = service.tableExtras.of(tableName(record), record.creationTime);
  return { ...tableResource(record, location), ...extras };
}

function checkName(tableId: string): void {
  if (/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]{1,1024}$/u.test(tableId)) return;
  throw invalid(`Invalid table ID "${tableId}".`);
}

function readSettings(body: JsonObject, labelsBefore: Readonly<Record<string, string>>): TablePatch {
  const schema = readSchema(objectAt(body, 'schema'));
  const viewQuery = readView(objectAt(body, 'view'));
  const description = patchedText(body, 'description');
  const friendlyName = patchedText(body, 'friendlyName');
  const expirationTime = patchedText(body, 'expirationTime');
  return {
    ...readLayout(body),
    labels: patchLabels(labelsBefore, body),
    ...(schema === undefined ? {} : { schema }),
    ...(viewQuery === undefined ? {} : { viewQuery }),
    ...(description === undefined ? {} : { description }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(expirationTime === undefined ? {} : { expirationTime }),
  };
}

function readView(view: JsonObject | undefined): string | undefined {
  if (view === undefined) return undefined;
  if (flagAt(view, 'useLegacySql') !== false) {
    throw notImplemented('views in legacy SQL (a view is one unless it says "useLegacySql": false)');
  }
  refuseUnsupported(view, new Set(['query', 'useLegacySql']), 'a view');
  return textAt(view, 'query');
}
