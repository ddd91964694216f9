import type { Json } from '../../call/json.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { cellsOf, RowShapeError, valueOf } from './row-mask.ts';

/** Whether a row stays: not where a column under `suppressRecord` holds a value. */
export function shownRow(
  columns: readonly CatalogColumn[],
  masks: readonly ColumnMask[],
): (row: Json) => boolean {
  const paths = masks.flatMap((mask) => (mask.with === 'suppressRecord' ? [mask.path] : []));
  return (row) => paths.every((path) => !holdsValue(row, columns, path));
}

function holdsValue(row: Json, columns: readonly CatalogColumn[], path: readonly string[]): boolean {
  const [name = '', ...rest] = path;
  const index = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  const column = columns[index];
  if (column === undefined) return false;
  const value = valueOf(cellsOf(row, columns.length)[index]);
  if (value === null) return false;
  if (column.mode !== 'REPEATED') return rest.length === 0 || holdsValue(value, column.fields ?? [], rest);
  if (!Array.isArray(value)) throw new RowShapeError();
  return rest.length === 0
    ? value.length > 0
    : value.some((element: Json) => holdsValue(valueOf(element), column.fields ?? [], rest));
}
