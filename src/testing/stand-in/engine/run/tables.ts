import { randomUUID } from 'node:crypto';
import type { Database } from '../duckdb/database.ts';
import { EngineError } from '../engine-error.ts';
import type { Store } from '../store/store.ts';
import { columnsOf, type StoredTable } from '../store/stored-table.ts';
import type { NewTable, TableField, TableId } from '../table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';

/** Makes a table: its DuckDB table, empty or from a query, and its record. */
export async function makeTable(
  store: Store,
  database: Database,
  table: NewTable & { readonly schema: readonly TableField[] },
  now: Date,
  options: { readonly select?: string; readonly isTemporary?: boolean } = {},
): Promise<StoredTable> {
  checkSchema(table.schema);
  const columns = columnsOf(table.schema);
  const physical = store.nextName('table');
  const definitions = columns.map(
    ({ field, physical: name }) => `${name} ${physicalType(fieldSqlType(field))}`,
  );
  await database.run(`CREATE TABLE ${physical} (${definitions.join(', ')})`);
  if (options.select !== undefined) {
    try {
      await database.run(`INSERT INTO ${physical} ${options.select}`);
    } catch (error) {
      await database.run(`DROP TABLE ${physical}`);
      throw error;
    }
  }
  const partition = partitionField(table.timePartitioning) ?? partitionField(table.rangePartitioning);
  const stored: StoredTable = {
    record: recordOf(table, now),
    physical,
    columns,
    ...(partition === undefined ? {} : { partitionColumn: partition }),
    sizes: new Map(),
  };
  if (options.isTemporary !== true) store.putTable(stored);
  return stored;
}

function partitionField(partitioning: object | undefined): string | undefined {
  return partitioning !== undefined && 'field' in partitioning && typeof partitioning.field === 'string'
    ? partitioning.field
    : undefined;
}

export function recordOf(
  table: NewTable & { readonly schema: readonly TableField[] },
  now: Date,
): StoredTable['record'] {
  const { labels, ...rest } = table;
  return {
    ...rest,
    type: table.viewQuery === undefined ? 'TABLE' : 'VIEW',
    labels: labels ?? {},
    creationTime: now.getTime(),
    lastModifiedTime: now.getTime(),
    etag: newEtag(),
  };
}

export const newEtag = (): string => randomUUID().replaceAll('-', '');

function checkSchema(schema: readonly TableField[]): void {
  const names = schema.map((field) => field.name.toLowerCase());
  const repeated = schema.find((field, index) => names.indexOf(field.name.toLowerCase()) !== index);
  if (repeated !== undefined)
    throw new EngineError('invalid', `Field ${repeated.name} already exists in schema`);
  const wrong = schema.find(
    (field) => !/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} &%=+:'<>#|]{1,300}$/u.test(field.name),
  );
  if (wrong !== undefined) throw new EngineError('invalid', `Invalid field name "${wrong.name}".`);
}

/** A changed table: new times, and sizes to be measured again. */
export function touch(
  store: Store,
  table: StoredTable,
  now: Date,
  changes: Partial<StoredTable> = {},
): StoredTable {
  const record = { ...table.record, ...changes.record, lastModifiedTime: now.getTime(), etag: newEtag() };
  const changed: StoredTable = { ...table, ...changes, record, sizes: new Map() };
  if (store.findTable(table.record)?.physical === table.physical) store.putTable(changed);
  return changed;
}

export async function dropTable(store: Store, database: Database, table: StoredTable): Promise<void> {
  store.removeTable(table.record);
  if (table.record.type === 'TABLE') await database.run(`DROP TABLE ${table.physical}`);
}

export function textOfId(id: TableId): string {
  return `${id.projectId}:${id.datasetId}.${id.tableId}`;
}

export function alreadyExists(id: TableId): EngineError {
  return new EngineError('duplicate', `Already Exists: Table ${textOfId(id)}`);
}
