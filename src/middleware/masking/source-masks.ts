import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import type { SourceMask } from '../../sql/rewrite/index.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { sameTable } from '../policy/subject.ts';
import { masks as maskFunctions } from './masks/index.ts';
import { scalarType } from './row-mask.ts';

/** The masks of a decision as GoogleSQL. A mask that does not fit the column's type becomes nullify. */
export function sourceMasks(
  masks: readonly ColumnMask[],
  tables: readonly CatalogTable[],
): readonly SourceMask[] {
  return masks.map(({ table, path, with: name }) => {
    const column = columnAt(tables.find((each) => sameTable(each.name, table))?.columns ?? [], path);
    const type = column?.type ?? 'STRING';
    const mask = maskFunctions[name];
    const fits = mask.types.includes(scalarType(type));
    // An element that becomes NULL is left out of its array, so the array is empty in the end.
    const empties = column?.mode === 'REPEATED' && mask.empties;
    const used = fits && !empties ? mask : maskFunctions.nullify;
    return { table, path, expression: (value) => used.expression(value, type) };
  });
}

function columnAt(columns: readonly CatalogColumn[], path: readonly string[]): CatalogColumn | undefined {
  const [name = '', ...rest] = path;
  const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  return rest.length === 0 || found === undefined ? found : columnAt(found.fields ?? [], rest);
}
