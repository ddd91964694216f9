import { fieldsOf, structOf } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { columnsByName } from '../scope/source.ts';
import type { Column, Source } from '../scope/source.ts';
import { readColumns } from './read-columns.ts';

/** What a query returns. */
export interface Rows {
  readonly columns: readonly Column[];
  /** `SELECT AS STRUCT` and `SELECT AS VALUE`: the row is this one value. */
  readonly row?: Value;
  /** True when it may have columns that are not known. */
  readonly open: boolean;
  /** A common table that is written further on, and not analysed where it is named before. */
  readonly later?: true;
  /** The tables whose names a pipe query leaves known. */
  readonly kept?: readonly Source[];
}

export function rowsOf(columns: readonly Column[], open = false): Rows {
  return { columns, open };
}

export function valueRows(row: Value): Rows {
  return { columns: [{ name: '', value: row }], row, open: false };
}

/** The one value of a row where a query stands as an expression. */
export function rowValue(rows: Rows): Value | undefined {
  return rows.row ?? rows.columns[0]?.value;
}

/** A query in FROM. The columns of a value table are the fields of its value, or the value itself. */
export function sourceOfRows(rows: Rows, alias: string | undefined): Source {
  return rows.row === undefined
    ? sourceOfColumns(rows.columns, alias, rows.open)
    : sourceOfValue(rows.row, alias);
}

export function sourceOfColumns(
  columns: readonly Column[],
  alias: string | undefined,
  open: boolean,
): Source {
  return {
    alias,
    open,
    columns: () => columns,
    find: (name) => columnsByName(columns).get(name)?.[0],
    row: () => structOf(readColumns(columns)),
  };
}

/** Rows that are each one value, as those of UNNEST. */
export function sourceOfValue(value: Value, alias: string | undefined): Source {
  const fields = fieldsOf(value);
  const columns: readonly Column[] = fields ?? [{ name: alias ?? '', value }];
  return {
    alias,
    open: value.type === undefined,
    columns: () => columns,
    find: (name) => (name === '' ? undefined : columnsByName(columns).get(name)?.[0]),
    row: () => value,
  };
}
