import type { SqlType } from '../type/sql-type.ts';
import type { PrintContext } from './context.ts';
import type { Typed } from './typed.ts';

/** A column of a FROM item. */
export interface Column {
  readonly name?: string;
  readonly sql: string;
  readonly type: SqlType;
  /** Only with its table's alias in front: the other column of USING stands for it. */
  readonly shadowed?: boolean;
  /** Not part of `*`: `_TABLE_SUFFIX`. */
  readonly pseudo?: boolean;
  /** Told the field path that is read (empty: all of it), to count bytes. */
  readonly read?: (path: readonly string[]) => void;
}

/** One FROM item: the columns it brings and the name of its row. */
export interface Source {
  readonly alias?: string;
  readonly columns: readonly Column[];
  /** The row itself, where a row is a value: `UNNEST`, `SELECT AS STRUCT`. */
  readonly row?: Typed;
}

/** What a query's output is to the query around it. */
export interface Output {
  readonly name?: string;
  readonly type: SqlType;
}

/** A query as DuckDB's SQL; its columns are named `c1`, `c2`, …. */
export interface PrintedQuery {
  readonly sql: string;
  readonly columns: readonly Output[];
  /** `SELECT AS STRUCT` and `AS VALUE`: one column, which is the row. */
  readonly isValue: boolean;
  /** A pipe step: the same rows with the columns of its tables beside them. */
  readonly keeping?: Keeping;
}

/** `sources` are the tables, their columns under the names that `sql` gives out. */
export interface Keeping {
  readonly sql: string;
  readonly sources: readonly Source[];
}

export interface CommonTableSource {
  readonly sql: string;
  readonly columns: readonly Output[];
  readonly isValue: boolean;
}

export interface Scope {
  readonly context: PrintContext;
  readonly parent?: Scope;
  readonly sources: readonly Source[];
  readonly tables: ReadonlyMap<string, CommonTableSource>;
  /** Names of the SELECT list, for HAVING, QUALIFY and ORDER BY. */
  readonly aliases?: ReadonlyMap<string, Typed | 'ambiguous'>;
  /** Expressions of GROUP BY, by their SQL, and the column that holds each. */
  readonly keys?: ReadonlyMap<string, string>;
  /** A condition on the rows of every aggregate: one column of PIVOT. */
  readonly filter?: string;
  /** Bodies of SQL functions see their arguments and nothing around the call. */
  readonly closed?: boolean;
}

export function outputName(index: number): string {
  return `c${index + 1}`;
}

export function rootScope(context: PrintContext): Scope {
  return { context, sources: [], tables: new Map() };
}

export function sameText(left: string | undefined, right: string): boolean {
  return left !== undefined && left.toLowerCase() === right.toLowerCase();
}
