import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import type { ColumnSource, Facts, OutputColumn } from '../../sql/facts.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { sameTable } from '../policy/subject.ts';
import { columnAt } from './column-at.ts';

/** A column that an output column copies unchanged, with masks on it or on fields within. */
export interface OutputCopy {
  readonly column: CatalogColumn;
  /** With paths below the column: `[]` for its own. */
  readonly masks: readonly ColumnMask[];
  /** Where each value is of one of several columns, or an element of one: the others. */
  readonly others?: readonly OutputCopy[];
}

/** By the position of output columns; `undefined` where nothing of a masked column is copied. */
export type OutputCopies = readonly (OutputCopy | undefined)[];

/** Of a script only where it is certain which statement answers. */
export function outputCopies(
  { outputs, statements, tables: read }: Facts,
  tables: readonly CatalogTable[],
  all: readonly ColumnMask[],
): OutputCopies {
  // What comes through a view that shows it as it is cannot be told from what does not.
  const masks = all.filter((mask) => !read.some((each) => showsAsIs(mask, each)));
  const answering = statements.filter(({ kind }) => kind === 'SELECT');
  if (masks.length === 0 || (statements.length > 1 && answering.length > 1)) return [];
  const copies = outputs.map((output) => copyOf(output, tables, masks));
  return copies.some((copy) => copy !== undefined) ? copies : [];
}

function showsAsIs({ table, trusted = [] }: ColumnMask, { name, beneath }: Facts['tables'][number]): boolean {
  return sameTable(name, table) && beneath.some((each) => trusted.some((other) => sameTable(each, other)));
}

function copyOf(
  output: OutputColumn,
  tables: readonly CatalogTable[],
  masks: readonly ColumnMask[],
): OutputCopy | undefined {
  if (output.plain) return copyFrom(output.sources[0], tables, masks);
  const { oneOf = [], type } = output;
  if (type === undefined) return undefined;
  const mode = type.startsWith('ARRAY<') ? 'REPEATED' : 'NULLABLE';
  const copies = oneOf.flatMap((source) => copyFrom(source, tables, masks) ?? []);
  const [first, ...others] = copies.map((copy) => ({ ...copy, column: { ...copy.column, mode } as const }));
  // Where one of the columns is not masked, its values may be anything.
  return first === undefined || copies.length < oneOf.length ? undefined : { ...first, others };
}

function copyFrom(
  source: ColumnSource | undefined,
  tables: readonly CatalogTable[],
  masks: readonly ColumnMask[],
): OutputCopy | undefined {
  const table = source && tables.find(({ name }) => sameTable(name, source.table));
  if (source === undefined || table === undefined) return undefined;
  const column = columnAt([...table.columns, ...table.pseudoColumns], source.path);
  const below = masks.flatMap((mask) =>
    sameTable(mask.table, source.table) && isWithin(mask.path, source.path)
      ? [{ ...mask, path: mask.path.slice(source.path.length) }]
      : [],
  );
  return column === undefined || below.length === 0 ? undefined : { column, masks: below };
}

function isWithin(path: readonly string[], outer: readonly string[]): boolean {
  return outer.every((name, index) => path[index]?.toLowerCase() === name.toLowerCase());
}
