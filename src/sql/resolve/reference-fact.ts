import type { Range } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import type { StarUse } from '../scope/source.ts';
import type { PseudoUse, Reference, ReferenceRole } from './reference.ts';

/** One place in the text that names a table, with what the statement needs of it there. */
export interface TableReferenceFact {
  readonly name: ObjectName;
  /** `undefined` when the catalog does not know it. */
  readonly table: CatalogTable | undefined;
  /** Only a `source` can be replaced by a subquery. */
  readonly role: ReferenceRole;
  /** Everything up to and including the alias. */
  readonly range: Range;
  readonly pathRange: Range;
  /** The name by which columns are qualified: the alias, or the last part of the path. */
  readonly alias: string;
  readonly hasAlias: boolean;
  readonly systemTime: Range | undefined;
  readonly sample: Range | undefined;
  /** Columns that must be there, in lower case: those read, and those that a star lists and leaves out. */
  readonly columns: readonly string[];
  /** Columns read, pseudo columns too, in lower case. */
  readonly reads: readonly string[];
  /** True when the whole row is used as a value. */
  readonly rowUsed: boolean;
  readonly stars: readonly StarUse[];
  readonly pseudo: readonly PseudoUse[];
  /** Where names spell out the table's path: `dataset.table` of `dataset.table.column`. */
  readonly qualifiers: readonly Range[];
}

/** Analyses are kept, so what is empty or the same is kept once. */
export function referenceFact(reference: Reference): TableReferenceFact {
  const { name, table, role, range, pathRange, alias, hasAlias, systemTime, sample, rowUsed } = reference;
  const columns = [...reference.columns].toSorted();
  const sameReads =
    reference.reads.size === columns.length && columns.every((column) => reference.reads.has(column));
  return {
    name,
    table,
    role,
    range: range.start === pathRange.start && range.end === pathRange.end ? pathRange : range,
    pathRange,
    alias,
    hasAlias,
    systemTime,
    sample,
    columns,
    reads: sameReads ? columns : [...reference.reads].toSorted(),
    rowUsed,
    stars: kept(reference.stars),
    pseudo: kept(reference.pseudo),
    qualifiers: kept(reference.qualifiers),
  };
}

const none: readonly never[] = [];

function kept<Value>(list: readonly Value[]): readonly Value[] {
  return list.length === 0 ? none : list;
}
