import type { ObjectName } from '../catalog.ts';
import { sameTable } from './same-table.ts';

/** What stands in the place of a column or field wherever the table is read. */
export interface SourceMask {
  readonly table: ObjectName;
  readonly path: readonly string[];
  /**
   * SQL text of the masked value, out of SQL text of the value; for a repeated column, of one element. `row` is the name
   * by which other columns of the row are reached.
   */
  expression(sql: string, row: string): string;
  /** Other columns of the row that the mask reads, which a view may not show. */
  readonly reads?: readonly string[];
  /** True when a repeated column becomes empty, rather than an array of masked elements. */
  readonly empties?: boolean;
  /** True when rows in which the column is not NULL do not appear. */
  readonly suppresses?: boolean;
  /** Views and routines through which the column is read as it is. */
  readonly trusted?: readonly ObjectName[] | undefined;
}

/** Which rows of a table a query may see at all, wherever it is read. */
export interface SourceFilter {
  readonly table: ObjectName;
  /** SQL text of the condition, out of the name by which the columns of the row are reached. */
  condition(row: string): string;
}

/** What is hidden of tables. */
export interface Hidden {
  readonly masks: readonly SourceMask[];
  readonly filters: readonly SourceFilter[];
}

export function masksOf(name: ObjectName, masks: readonly SourceMask[]): readonly SourceMask[] {
  return masks.filter((mask) => sameTable(mask.table, name));
}

export function filterOf(name: ObjectName, filters: readonly SourceFilter[]): SourceFilter | undefined {
  return filters.find(({ table }) => sameTable(table, name));
}
