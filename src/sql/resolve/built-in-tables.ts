import type { Argument, Expression } from '../ast/index.ts';
import { scalar } from '../lineage/type.ts';
import { dependent, derive, structOf } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Column } from '../scope/source.ts';
import { influence } from './pass.ts';
import type { Pass } from './pass.ts';
import { readColumns } from './read-columns.ts';
import { rowsOf } from './rows.ts';
import type { Rows } from './rows.ts';

/** An argument as it is written, and the rows that it gives if it is a table. */
export interface TableGiven {
  readonly argument: Argument | undefined;
  readonly rows: Rows | undefined;
}

type Reading = (given: readonly TableGiven[], pass: Pass) => Rows | undefined;

/** True for table functions whose arguments name the columns that they work on. */
export function namesColumns(name: string): boolean {
  return Object.hasOwn(readings, name);
}

/** The columns of a table function whose arguments name them; undefined if they are not plain texts. */
export function namedColumns(name: string, given: readonly TableGiven[], pass: Pass): Rows | undefined {
  return namesColumns(name) ? readings[name]?.(given, pass) : undefined;
}

/** The columns of the table, and the session that a row falls into. */
const sessions: Reading = (given, pass) => {
  const table = tableOf(given, 0);
  const range = columnOf(table, textOf(valueOf(given, 'range_column', 1)));
  const keys = columnsOf(table, elements(valueOf(given, 'partitioning_columns', 2)).map(textOf));
  if (table === undefined || range === undefined || keys === undefined) return undefined;
  const deciding = decide([range, ...keys], pass);
  const session = { name: 'session_range', value: derive(deciding, range.value.type) };
  return rowsOf([...table.columns, session], table.open);
};

/** Time, keys and values; what fills a gap comes from the rows around it. */
const filled: Reading = (given, pass) => {
  const table = tableOf(given, 0);
  const time = columnOf(table, textOf(valueOf(given, 'ts_column', 1)));
  const keys = columnsOf(table, elements(valueOf(given, 'partitioning_columns', 3)).map(textOf));
  const names = elements(valueOf(given, 'value_columns', 4)).map(firstText);
  const values = columnsOf(table, names);
  if (time === undefined || keys === undefined || values === undefined) return undefined;
  const deciding = decide([time, ...keys], pass);
  const made = [time, ...keys, ...values].map(({ name, value }) => ({
    name,
    value: dependent(value, deciding),
  }));
  return rowsOf(made);
};

/** A row of either table, and how far their vectors lie apart. */
const nearest: Reading = (given, pass) => {
  const base = tableOf(given, 0);
  const query = tableOf(given, 2);
  const searched = columnOf(base, textOf(valueOf(given, 'column_to_search', 1)));
  if (base === undefined || query === undefined || searched === undefined) return undefined;
  const vectors = decide([searched, ...query.columns], pass);
  return rowsOf([
    { name: 'query', value: structOf(readColumns(query.columns)) },
    { name: 'base', value: structOf(readColumns(base.columns)) },
    { name: 'distance', value: derive(vectors, scalar('FLOAT64')) },
  ]);
};

const readings: Readonly<Record<string, Reading>> = {
  GAP_FILL: filled,
  RANGE_SESSIONIZE: sessions,
  VECTOR_SEARCH: nearest,
};

function decide(columns: readonly Column[], pass: Pass): readonly Value[] {
  return readColumns(columns).map(({ value }) => {
    influence(pass, value);
    return value;
  });
}

/** A table whose columns are all known. */
function tableOf(given: readonly TableGiven[], index: number): Rows | undefined {
  const rows = given[index]?.rows;
  return rows === undefined || rows.open || rows.row !== undefined ? undefined : rows;
}

function valueOf(given: readonly TableGiven[], name: string, index: number): Expression | undefined {
  const named = given.find(({ argument }) => argument?.name?.name.toLowerCase() === name)?.argument;
  const placed = given[index]?.argument;
  const argument = named ?? (placed?.name === undefined ? placed : undefined);
  return argument?.value.type === 'expression' ? argument.value.expression : undefined;
}

function textOf(node: Expression | undefined): string | undefined {
  return node?.type === 'literal' && node.kind === 'string' ? node.value : undefined;
}

function elements(node: Expression | undefined): readonly (Expression | undefined)[] {
  if (node === undefined) return [];
  return node.type === 'array' ? node.elements : [undefined];
}

/** The name in `('price', 'linear')`. */
function firstText(node: Expression | undefined): string | undefined {
  return node?.type === 'struct' ? textOf(node.fields[0]?.value) : undefined;
}

function columnOf(rows: Rows | undefined, name: string | undefined): Column | undefined {
  return rows?.columns.find((column) => column.name.toLowerCase() === name?.toLowerCase());
}

/** All columns of these names, or nothing if one is missing. */
function columnsOf(
  rows: Rows | undefined,
  names: readonly (string | undefined)[],
): readonly Column[] | undefined {
  const found = names.flatMap((name) => columnOf(rows, name) ?? []);
  return found.length === names.length ? found : undefined;
}
