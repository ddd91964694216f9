import type { JsonObject } from '../../../call/json.ts';
import type { JsonRow, RowError, TableId } from '../../stand-in/engine/engine.ts';
import { flagAt, objectAt, objectsAt, textAt } from '../fields.ts';
import { invalid, notImplemented } from '../rest-error.ts';
import { ok } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import { idOf } from './tables.ts';
import { tableName } from './table-resource.ts';

/** BigQuery remembers an `insertId` for about a minute, best effort. */
const rememberedMs = 60_000;

/** `tabledata.insertAll`: an answer of 200 may carry errors of single rows. */
export const insertAll =
  (service: Service): Handler =>
  async ({ body = {} }, ids) => {
    if (textAt(body, 'templateSuffix')) throw notImplemented('templateSuffix of tabledata.insertAll');
    const rows = objectsAt(body, 'rows');
    if (rows.length === 0) throw invalid('No rows present in the request.');
    const id = idOf(ids);
    const fresh = rows.map((row, index) => ({ row, index })).filter(({ row }) => isNew(service, id, row));
    const errors = await append(
      service,
      id,
      body,
      fresh.map(({ row }) => row),
    );
    forget(
      service,
      id,
      errors.map((error) => fresh[error.index]?.row),
    );
    const insertErrors = errors.map((error) => ({
      ...error,
      index: fresh[error.index]?.index ?? error.index,
    }));
    const kind = 'bigquery#tableDataInsertAllResponse';
    return ok(insertErrors.length === 0 ? { kind } : { kind, insertErrors });
  };

async function append(
  service: Service,
  id: TableId,
  body: JsonObject,
  rows: readonly JsonObject[],
): Promise<readonly RowError[]> {
  const options = {
    skipInvalidRows: flagAt(body, 'skipInvalidRows') ?? false,
    ignoreUnknownValues: flagAt(body, 'ignoreUnknownValues') ?? false,
  };
  try {
    return await service.engine.appendRows(id, rows.map(rowOf), options);
  } catch (error) {
    forget(service, id, rows);
    throw error;
  }
}

function rowOf(row: JsonObject): JsonRow {
  const json = objectAt(row, 'json');
  if (json === undefined) throw invalid('A row of the request has no json.');
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, value ?? null]));
}

function isNew(service: Service, id: TableId, row: JsonObject): boolean {
  const key = insertKey(id, row);
  const now = service.now().getTime();
  if (key === undefined) return true;
  const seen = service.insertIds.get(key);
  if (seen !== undefined && now - seen < rememberedMs) return false;
  service.insertIds.set(key, now);
  return true;
}

/** A row that was not stored may be sent again under the same id. */
function forget(service: Service, id: TableId, rows: readonly (JsonObject | undefined)[]): void {
  for (const row of rows) {
    const key = row === undefined ? undefined : insertKey(id, row);
    if (key !== undefined) service.insertIds.delete(key);
  }
}

function insertKey(id: TableId, row: JsonObject): string | undefined {
  const insertId = textAt(row, 'insertId');
  return insertId ? `${tableName(id)} ${insertId}` : undefined;
}
