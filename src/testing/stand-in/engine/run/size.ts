import type { Database } from '../duckdb/database.ts';
import type { StoredTable } from '../store/stored-table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { physicalField } from '../type/physical-type.ts';
import type { ScalarName, SqlType } from '../type/sql-type.ts';

const fixed: Partial<Record<ScalarName, number>> = {
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  BOOL: 1,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  INTERVAL: 16,
};

/** Logical bytes of a value, as BigQuery documents the sizes of data types; NULL has none. */
function sizeSql(sql: string, type: SqlType): string {
  if (type.kind === 'array')
    return `COALESCE(list_sum(list_transform(${sql}, lambda e: ${sizeSql('e', type.element)})), 0)`;
  if (type.kind === 'struct') {
    const fields = type.fields.map((field, index) =>
      sizeSql(`struct_extract(${sql}, '${physicalField(index)}')`, field.type),
    );
    return `(${fields.join(' + ')})`;
  }
  const size = type.kind === 'scalar' ? fixed[type.name] : 8;
  if (size !== undefined) return `(CASE WHEN ${sql} IS NULL THEN 0 ELSE ${size} END)`;
  const length = type.kind === 'scalar' && type.name === 'BYTES' ? `octet_length(${sql})` : `strlen(${sql})`;
  return `COALESCE(2 + ${length}, 0)`;
}

/** The SQL and type of a field path; paths through arrays count the whole array. */
function pathOf(table: StoredTable, path: string): readonly [string, SqlType] | undefined {
  const [first = '', ...rest] = path.toLowerCase().split('.');
  const column = table.columns.find(({ field }) => field.name.toLowerCase() === first);
  if (column === undefined) return undefined;
  let sql = column.physical;
  let type = fieldSqlType(column.field);
  for (const name of rest) {
    if (type.kind !== 'struct') break;
    const index = type.fields.findIndex((field) => field.name?.toLowerCase() === name);
    const field = type.fields[index];
    if (field === undefined) break;
    sql = `struct_extract(${sql}, '${physicalField(index)}')`;
    type = field.type;
  }
  return [sql, type];
}

async function pathBytes(database: Database, table: StoredTable, path: string): Promise<number> {
  const known = table.sizes.get(path);
  if (known !== undefined) return known;
  const found = pathOf(table, path);
  if (found === undefined) return 0;
  const [row] = await database.rows(
    `SELECT COALESCE(sum(${sizeSql(...found)}), 0)::BIGINT FROM ${table.physical}`,
  );
  const bytes = Number(row?.[0] ?? 0);
  table.sizes.set(path, bytes);
  return bytes;
}

/** Bytes of the columns that a statement reads. */
export async function bytesOf(
  database: Database,
  reads: ReadonlyMap<StoredTable, ReadonlySet<string>>,
): Promise<number> {
  let total = 0;
  for (const [table, paths] of reads) {
    if (table.record.type === 'VIEW') continue;
    const outermost = [...paths].filter(
      (path) => ![...paths].some((other) => other !== path && path.startsWith(`${other}.`)),
    );
    for (const path of outermost) total += await pathBytes(database, table, path);
  }
  return total;
}

export async function tableBytes(database: Database, table: StoredTable): Promise<number> {
  return bytesOf(database, new Map([[table, new Set(table.columns.map(({ field }) => field.name))]]));
}
