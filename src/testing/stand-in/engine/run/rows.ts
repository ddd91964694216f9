import type { Database, Row } from '../duckdb/database.ts';
import type { AppendOptions, ReadOptions, RowError, RowPage, TableField } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import type { StoredTable } from '../store/stored-table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import type { JsonRow, WireCell } from '../wire.ts';
import { encodeCell } from './encode.ts';
import { RowFault, rowTypes, rowValues } from './json-row.ts';

export async function appendJson(
  database: Database,
  table: StoredTable,
  rows: readonly JsonRow[],
  options: AppendOptions,
): Promise<{ readonly errors: readonly RowError[]; readonly stored: number }> {
  const good: Row[] = [];
  const errors: RowError[] = [];
  for (const [index, row] of rows.entries()) {
    try {
      good.push(rowValues(database.module, table, row, options.ignoreUnknownValues === true));
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      errors.push({ index, errors: [{ reason: 'invalid', location: error.path, message: error.message }] });
    }
  }
  if (errors.length > 0 && options.skipInvalidRows !== true)
    return { errors: withStopped(errors, rows.length), stored: 0 };
  await database.append(table.physical, rowTypes(database.module, table), good);
  return { errors, stored: good.length };
}

/** Rows beside a bad one are not stored either, and are told so. */
function withStopped(errors: readonly RowError[], count: number): readonly RowError[] {
  const bad = new Set(errors.map((error) => error.index));
  const stopped = Array.from({ length: count }, (_, index) => index)
    .filter((index) => !bad.has(index))
    .map((index): RowError => ({ index, errors: [{ reason: 'stopped', location: '', message: '' }] }));
  return [...errors, ...stopped].toSorted((left, right) => left.index - right.index);
}

export async function readPage(
  database: Database,
  table: StoredTable,
  options: ReadOptions,
): Promise<RowPage> {
  const [count] = await database.rows(`SELECT count(*) FROM ${table.physical}`);
  const columns = table.columns.map(({ physical }) => physical).join(', ');
  const limit =
    options.maxResults === undefined ? '' : ` LIMIT ${Math.max(0, Math.floor(options.maxResults))}`;
  const offset = ` OFFSET ${Math.max(0, Math.floor(options.startIndex ?? 0))}`;
  const rows = await database.rows(
    `SELECT ${columns} FROM ${table.physical} ORDER BY rowid${limit}${offset}`,
  );
  const cells = rows.map((row) =>
    table.columns.map(({ field }, index) => encodeCell(row[index] ?? null, fieldSqlType(field), field.name)),
  );
  const choice =
    options.selectedFields === undefined ? undefined : chosen(table.record.schema, options.selectedFields);
  return {
    schema: choice === undefined ? table.record.schema : choice.map(({ field }) => field),
    rows: cells.map((row) => ({ f: choice === undefined ? row : prune(row, choice) })),
    totalRows: Number(count?.[0] ?? 0),
  };
}

/** A field that is wanted, where it stands, and what is wanted of it. */
interface Choice {
  readonly index: number;
  readonly field: TableField;
  readonly inner?: readonly Choice[];
}

function chosen(schema: readonly TableField[], paths: readonly string[]): readonly Choice[] {
  const unknown = paths.find(
    (path) => !schema.some((field) => field.name.toLowerCase() === path.split('.')[0]?.toLowerCase()),
  );
  if (unknown !== undefined) throw new EngineError('invalid', `No such field: ${unknown}.`);
  return schema.flatMap((field, index): readonly Choice[] => {
    const mine = paths.filter((path) => path.split('.')[0]?.toLowerCase() === field.name.toLowerCase());
    if (mine.length === 0) return [];
    const below = mine.map((path) => path.split('.').slice(1).join('.'));
    if (below.includes('') || field.fields === undefined) return [{ index, field }];
    const inner = chosen(field.fields, below);
    return [{ index, field: { ...field, fields: inner.map((choice) => choice.field) }, inner }];
  });
}

function prune(cells: readonly WireCell[], choices: readonly Choice[]): readonly WireCell[] {
  return choices.map(({ index, inner }) => pruneCell(cells[index] ?? { v: null }, inner));
}

function pruneCell(cell: WireCell, inner: readonly Choice[] | undefined): WireCell {
  const { v } = cell;
  if (inner === undefined || v === null || typeof v === 'string') return cell;
  if ('f' in v) return { v: { f: prune(v.f, inner) } };
  return { v: v.map((item) => pruneCell(item, inner)) };
}
