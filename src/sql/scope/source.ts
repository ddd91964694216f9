import type { Path, Range } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import type { Value } from '../lineage/value.ts';

/** A column as a name in FROM offers it. `read` notes where the text names it, down to the given fields. */
export interface Column {
  readonly name: string;
  readonly value: Value;
  read?(fields: readonly string[], use?: NameUse): void;
  /** Notes that a query lists it without reading it: `* EXCEPT (column)`. */
  require?(): void;
}

/** Something in FROM that has columns: a table, a subquery, an array, one side of a PIVOT. */
export interface Source {
  /** The name by which it is reached; `undefined` when it has none. */
  readonly alias: string | undefined;
  /** Its columns in the order of `*`, without pseudo columns. */
  columns(): readonly Column[];
  /** A column by its name in lower case, pseudo columns too. */
  find(name: string): Column | undefined;
  /** The whole row as one value; reading it reads every column. */
  row(): Value;
  /** True when columns may exist that the analysis does not know. */
  readonly open: boolean;
  /** In an open source: the column of that name, should it exist. */
  guess?(name: string): Column;
  /** The table that it is, when it is one. */
  readonly table?: ObjectName;
  /** The table's path as written, where it has no alias. */
  readonly path?: Path;
  /** Called when a name reaches it by its whole path, `dataset.table.column`, with the range of the path. */
  qualified?(range: Range): void;
  /** Called where `*` or `source.*` lists its columns. */
  star?(use: StarUse): void;
}

/** Where a star stands, so that a column added by a rewrite can be taken out of it again. */
export interface StarUse {
  /** The star is the first one from here on. */
  readonly from: number;
  /** Behind the last name in `EXCEPT (…)`, when the star has one. */
  readonly exceptEnd?: number;
}

/** Where a column's own name stands in the text. */
export interface NameUse {
  readonly range: Range;
  /** True where the name alone is a select item, so that its name is the output's. */
  readonly item: boolean;
}

const indexes = new WeakMap<readonly Column[], ReadonlyMap<string, readonly Column[]>>();

/** Columns by name in lower case; two may share one. */
export function columnsByName(columns: readonly Column[]): ReadonlyMap<string, readonly Column[]> {
  let index = indexes.get(columns);
  if (index === undefined) indexes.set(columns, (index = buildIndex(columns)));
  return index;
}

function buildIndex(columns: readonly Column[]): ReadonlyMap<string, readonly Column[]> {
  const index = new Map<string, Column[]>();
  for (const column of columns) {
    const name = column.name.toLowerCase();
    const same = index.get(name);
    if (same === undefined) index.set(name, [column]);
    else same.push(column);
  }
  return index;
}
