import type { Database } from '../duckdb/database.ts';
import type { CopyOptions, NewTable, TableField, TableId, TablePatch } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { parse } from '../parse.ts';
import type { Store } from '../store/store.ts';
import type { StoredTable } from '../store/stored-table.ts';
import { fieldOf, fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { sameType } from '../type/sql-type.ts';
import { addColumn } from './alter-table.ts';
import { prepareQuery } from './query.ts';
import { contextOf, openSession, type Session } from './session.ts';
import { alreadyExists, makeTable, recordOf, textOfId, touch } from './tables.ts';

function sessionFor(sql: string, id: TableId, store: Store, database: Database, now: () => Date): Session {
  return openSession(store, database, { sql, project: id.projectId, parameters: [] }, now);
}

/** `tables.insert`: a table with a schema, or a view, whose schema its query says. */
export async function createFrom(
  table: NewTable,
  store: Store,
  database: Database,
  now: () => Date,
): Promise<StoredTable> {
  store.dataset(table);
  if (store.findTable(table) !== undefined) throw alreadyExists(table);
  if (table.viewQuery === undefined)
    return makeTable(store, database, { ...table, schema: table.schema ?? [] }, now());
  const schema = await viewSchema(table.viewQuery, table, store, database, now);
  const stored: StoredTable = {
    record: recordOf({ ...table, schema }, now()),
    physical: '',
    columns: [],
    sizes: new Map(),
  };
  store.putTable(stored);
  return stored;
}

async function viewSchema(
  sql: string,
  id: TableId,
  store: Store,
  database: Database,
  now: () => Date,
): Promise<readonly TableField[]> {
  const [statement] = parse(sql).statements;
  if (statement?.type !== 'queryStatement') throw new EngineError('invalidQuery', 'A view must be a query');
  const prepared = prepareQuery(statement.query, sessionFor(sql, id, store, database, now));
  await database.check(prepared.sql);
  return prepared.columns.map(({ name, type }) => fieldOf(name, type));
}

export async function patchStored(
  table: StoredTable,
  patch: TablePatch,
  store: Store,
  database: Database,
  now: () => Date,
): Promise<StoredTable> {
  const { schema, viewQuery, ...settings } = patch;
  let current = table;
  if (viewQuery !== undefined) {
    const columns = await viewSchema(viewQuery, table.record, store, database, now);
    current = touch(store, current, now(), { record: { ...current.record, viewQuery, schema: columns } });
  } else if (schema !== undefined) {
    current = await withSchema(current, schema, store, database, now);
  }
  return touch(store, current, now(), { record: { ...current.record, ...settings } });
}

/** Columns may be added, described and made NULLABLE; nothing else. */
async function withSchema(
  table: StoredTable,
  schema: readonly TableField[],
  store: Store,
  database: Database,
  now: () => Date,
): Promise<StoredTable> {
  if (table.record.type === 'VIEW')
    return touch(store, table, now(), { record: { ...table.record, schema } });
  const kept = table.columns.map((column) => {
    const field = schema.find(
      (candidate) => candidate.name.toLowerCase() === column.field.name.toLowerCase(),
    );
    if (field === undefined)
      throw schemaMismatch(table, `Field ${column.field.name} is missing in new schema`);
    if (!sameType(fieldSqlType(field), fieldSqlType(column.field)))
      throw schemaMismatch(
        table,
        `Field ${field.name} has changed type from ${column.field.type} to ${field.type}`,
      );
    if (field.mode === 'REQUIRED' && column.field.mode !== 'REQUIRED')
      throw schemaMismatch(table, `Field ${field.name} has changed mode from NULLABLE to REQUIRED`);
    return { ...column, field };
  });
  const added = schema.filter(
    (field) => !kept.some((column) => column.field.name.toLowerCase() === field.name.toLowerCase()),
  );
  const required = added.find((field) => field.mode === 'REQUIRED');
  if (required !== undefined)
    throw schemaMismatch(
      table,
      `Cannot add required fields to an existing schema. (field: ${required.name})`,
    );
  let current = touch(store, table, now(), {
    record: { ...table.record, schema: kept.map(({ field }) => field) },
    columns: kept,
  });
  const session = sessionFor('', table.record, store, database, now);
  for (const field of added) current = await addColumn(current, field, session, contextOf(session));
  return current;
}

function schemaMismatch(table: StoredTable, detail: string): EngineError {
  return new EngineError(
    'invalid',
    `Provided Schema does not match Table ${textOfId(table.record)}. ${detail}`,
  );
}

export async function copyRows(
  source: StoredTable,
  destination: TableId,
  options: CopyOptions,
  store: Store,
  database: Database,
  now: () => Date,
): Promise<StoredTable> {
  const existing = store.findTable(destination);
  if (existing === undefined && options.createDisposition === 'CREATE_NEVER')
    throw store.missingTable(destination);
  const select = `SELECT ${source.columns.map(({ physical }) => physical).join(', ')} FROM ${source.physical} ORDER BY rowid`;
  if (existing !== undefined && options.writeDisposition === 'WRITE_APPEND') {
    checkSame(source, existing);
    await database.run(`INSERT INTO ${existing.physical} ${select}`);
    return touch(store, existing, now());
  }
  if (existing !== undefined && options.writeDisposition !== 'WRITE_TRUNCATE') {
    const rows = await database.rows(`SELECT 1 FROM ${existing.physical} LIMIT 1`);
    if (rows.length > 0) throw alreadyExists(destination);
  }
  const { projectId: _p, datasetId: _d, tableId: _t, ...settings } = source.record;
  const made = await makeTable(store, database, { ...settings, ...destination }, now(), { select });
  if (existing !== undefined) await database.run(`DROP TABLE ${existing.physical}`);
  return made;
}

const shape = (table: StoredTable): string =>
  table.columns.map(({ field }) => `${field.name.toLowerCase()} ${physicalType(fieldSqlType(field))}`).join();

function checkSame(source: StoredTable, target: StoredTable): void {
  if (shape(source) !== shape(target))
    throw schemaMismatch(target, 'The schemas of source and destination differ');
}
