import { lex } from '../lexer/index.ts';
import type { Token } from '../lexer/index.ts';
import type { TableReferenceFact } from '../resolve/reference-fact.ts';
import type { CatalogTable } from '../catalog.ts';
import type { Edit } from './apply-edits.ts';
import { identifier } from './identifier.ts';
import type { Names } from './names.ts';
import { maskedValue } from './mask-column.ts';
import type { MaskTree } from './mask-column.ts';
import type { SourceFilter } from './source-mask.ts';
import { refuse } from './refuse.ts';

export interface ReferenceMasks {
  readonly tree: MaskTree;
  readonly filter: SourceFilter | undefined;
  /** Paths of columns whose rows appear only where they are NULL. */
  readonly suppressed: readonly (readonly string[])[];
}

/** The edits that put a subquery with masked columns in the place of a table. */
export function maskReference(
  text: string,
  reference: TableReferenceFact,
  table: CatalogTable,
  { tree, filter, suppressed }: ReferenceMasks,
  names: Names,
): readonly Edit[] {
  const newName = (wanted: string): string => names.within(wanted);
  const row = newName('guard_row');
  const pseudo = pseudoNames(reference, (wanted) => names.everywhere(wanted));
  const columns = listedColumns(reference, table).map((column) => {
    const name = identifier(column.name);
    const masks = tree.fields.get(column.name.toLowerCase());
    const value = maskedValue(column, `${row}.${name}`, masks, { row, newName });
    return masks === undefined ? value : `${value} AS ${name}`;
  });
  const carried = [...pseudo].map(([name, alias]) => `${pseudoValue(name, row, tree)} AS ${alias}`);
  const list = [...columns, ...carried].join(', ') || `NULL AS ${newName('guard_none')}`;
  const conditions = [
    ...(filter === undefined ? [] : [filter.condition(row)]),
    ...suppressed.map((path) => holdsNothing(table, row, path)),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const { range, pathRange } = reference;
  return [
    { start: range.start, end: pathRange.start, text: `(SELECT ${list} FROM ` },
    {
      start: pathRange.end,
      end: range.end,
      text: ` AS ${row}${modifiers(text, reference)}${where}) AS ${identifier(reference.alias)}`,
    },
    ...pseudoEdits(reference, pseudo),
    ...starEdits(text, reference, [...pseudo.values()]),
    ...reference.qualifiers.map((each) => ({ ...each, text: identifier(reference.alias) })),
  ];
}

function holdsNothing({ columns }: CatalogTable, row: string, path: readonly string[]): string {
  if (isWithinArray(columns, path))
    refuse('Rows cannot be suppressed by a column that is, or lies in, an array.');
  return `${[row, ...path.map(identifier)].join('.')} IS NULL`;
}

function isWithinArray(columns: CatalogTable['columns'], [name = '', ...rest]: readonly string[]): boolean {
  const column = columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) return false;
  return column.mode === 'REPEATED' || isWithinArray(column.fields ?? [], rest);
}

function listedColumns(reference: TableReferenceFact, table: CatalogTable): CatalogTable['columns'] {
  if (reference.rowUsed) return table.columns;
  const needed = new Set(reference.columns);
  return table.columns.filter((column) => needed.has(column.name.toLowerCase()));
}

function modifiers(text: string, { systemTime, sample }: TableReferenceFact): string {
  const time =
    systemTime === undefined ? '' : ` FOR SYSTEM_TIME AS OF ${text.slice(systemTime.start, systemTime.end)}`;
  const percent = sample === undefined ? '' : ` ${text.slice(sample.start, sample.end)}`;
  return `${time}${percent}`;
}

/** A subquery hides pseudo columns: they are carried under names of their own. */
function pseudoNames(
  reference: TableReferenceFact,
  newName: (wanted: string) => string,
): ReadonlyMap<string, string> {
  const names = new Set(reference.pseudo.map((use) => use.name));
  if (names.size > 0 && reference.rowUsed) {
    refuse(
      'A pseudo column of a masked table cannot be used where the whole row is a value, in USING or in PIVOT.',
    );
  }
  return new Map([...names].map((name) => [name, newName(`guard${name}`)]));
}

function pseudoValue(name: string, row: string, tree: MaskTree): string {
  const masks = tree.fields.get(name);
  const value = `${row}.${name.toUpperCase()}`;
  return masks?.mask === undefined ? value : masks.mask.expression(value, row);
}

/** A select item keeps the name that it had of itself. */
function pseudoEdits(reference: TableReferenceFact, names: ReadonlyMap<string, string>): readonly Edit[] {
  return reference.pseudo.map(({ name, range, item }) => {
    const alias = names.get(name) ?? name;
    return { ...range, text: item ? `${alias} AS ${name.toUpperCase()}` : alias };
  });
}

/** Takes the carried columns out of every star that would now list them. */
function starEdits(text: string, reference: TableReferenceFact, names: readonly string[]): readonly Edit[] {
  if (names.length === 0) return [];
  const list = names.join(', ');
  if (reference.stars.some((star) => star.from < 0)) {
    refuse('A pseudo column of a masked table cannot be used in a pipe.');
  }
  const stars = lex(text).tokens.filter((token) => token.keyword === '*');
  return reference.stars.map((star) => {
    if (star.exceptEnd !== undefined)
      return { start: star.exceptEnd, end: star.exceptEnd, text: `, ${list}` };
    const at = starEnd(stars, star.from);
    return { start: at, end: at, text: ` EXCEPT (${list})` };
  });
}

function starEnd(stars: readonly Token[], from: number): number {
  const star = stars.find((token) => token.start >= from);
  return star?.end ?? refuse('A star cannot be found in the text.');
}
