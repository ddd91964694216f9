import type { Path, Range } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import type { NameUse, StarUse } from '../scope/source.ts';

/** What a table stands for where it is named. Only a `source` can be replaced by a subquery. */
export type ReferenceRole = 'source' | 'target' | 'argument' | 'copy';

/** One place in the text that names a table, with what the statement needs of it there. */
export interface Reference {
  readonly name: ObjectName;
  readonly table: CatalogTable | undefined;
  readonly role: ReferenceRole;
  readonly range: Range;
  readonly pathRange: Range;
  /** The name that qualified columns use. */
  readonly alias: string;
  readonly hasAlias: boolean;
  readonly path: Path;
  readonly systemTime: Range | undefined;
  readonly sample: Range | undefined;
  /** Columns named or listed, lower case. */
  readonly columns: Set<string>;
  /** Columns read, not only listed: what matters for a target. */
  readonly reads: Set<string>;
  /** True when its row is used as a value, so that no column may be added. */
  rowUsed: boolean;
  readonly stars: StarUse[];
  readonly pseudo: PseudoUse[];
  /** Where names spell out the table's path: `dataset.table` of `dataset.table.column`. */
  readonly qualifiers: Range[];
}

export interface PseudoUse extends NameUse {
  readonly name: string;
}
