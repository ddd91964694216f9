import type { CatalogColumn } from '../../sql/catalog.ts';

export function columnAt(
  columns: readonly CatalogColumn[],
  path: readonly string[],
): CatalogColumn | undefined {
  const [name = '', ...rest] = path;
  const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  return rest.length === 0 || found === undefined ? found : columnAt(found.fields ?? [], rest);
}
