import type { CatalogColumn } from '../catalog.ts';
import { identifier } from './identifier.ts';
import type { SourceMask } from './source-mask.ts';

/** Masks of a table's columns by the names on their paths, in lower case. */
export interface MaskTree {
  readonly mask?: Pick<SourceMask, 'expression' | 'empties'>;
  readonly fields: ReadonlyMap<string, MaskTree>;
}

/** A mask of a column covers its fields. */
export function maskTree(masks: readonly Pick<SourceMask, 'path' | 'expression' | 'empties'>[]): MaskTree {
  const own = masks.find((mask) => mask.path.length === 0);
  if (own !== undefined) return { mask: own, fields: new Map() };
  const groups = Map.groupBy(masks, (mask) => (mask.path[0] ?? '').toLowerCase());
  const fields = [...groups].map(([name, group]) => {
    return [name, maskTree(group.map((mask) => below(mask)))] as const;
  });
  return { fields: new Map(fields) };
}

function below(mask: Pick<SourceMask, 'path' | 'expression' | 'empties'>): typeof mask {
  const { path, empties = false } = mask;
  return { path: path.slice(1), empties, expression: (sql, row) => mask.expression(sql, row) };
}

/** Gives a name that occurs nowhere else. */
export type NewName = (wanted: string) => string;

export interface MaskedRow {
  /** The name by which columns of the row are reached. */
  readonly row: string;
  readonly newName: NewName;
}

/** The masked value of `sql`, which is the column or field `column`. */
export function maskedValue(
  column: CatalogColumn,
  sql: string,
  tree: MaskTree | undefined,
  at: MaskedRow,
): string {
  if (tree === undefined) return sql;
  return column.mode === 'REPEATED'
    ? maskedArray(column, sql, tree, at)
    : maskedElement(column, sql, tree, at);
}

function maskedElement(column: CatalogColumn, sql: string, tree: MaskTree, at: MaskedRow): string {
  if (tree.mask !== undefined) return tree.mask.expression(sql, at.row);
  return `IF(${sql} IS NULL, NULL, STRUCT(${maskedFields(column, sql, tree, at)}))`;
}

function maskedFields(column: CatalogColumn, sql: string, tree: MaskTree, at: MaskedRow): string {
  return (column.fields ?? [])
    .map((field) => {
      const name = identifier(field.name);
      return `${maskedValue(field, `${sql}.${name}`, tree.fields.get(field.name.toLowerCase()), at)} AS ${name}`;
    })
    .join(', ');
}

/** Order is kept; elements that the mask makes NULL are left out, since an array in a result may hold none. */
function maskedArray(column: CatalogColumn, sql: string, tree: MaskTree, at: MaskedRow): string {
  const { row, newName } = at;
  const element = newName('guard_element');
  const offset = newName('guard_offset');
  const unnest = `UNNEST(${sql}) AS ${element} WITH OFFSET AS ${offset}`;
  if (tree.mask === undefined) {
    const fields = maskedFields(column, element, tree, at);
    return `IF(${sql} IS NULL, NULL, ARRAY(SELECT AS STRUCT ${fields} FROM ${unnest} ORDER BY ${offset}))`;
  }
  if (tree.mask.empties === true)
    return `ARRAY(SELECT ${element} FROM UNNEST(${sql}) AS ${element} WHERE FALSE)`;
  const value = newName('guard_value');
  const masked = `SELECT ${tree.mask.expression(element, row)} AS ${value}, ${offset} FROM ${unnest}`;
  return `IF(${sql} IS NULL, NULL, ARRAY(SELECT ${value} FROM (${masked}) WHERE ${value} IS NOT NULL ORDER BY ${offset}))`;
}
