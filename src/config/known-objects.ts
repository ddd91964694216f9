import type { KnownObjects } from '../middleware/policy/review/unmatched.ts';
import { staticCatalog } from '../sql/catalog-static.ts';
import type { Catalog, CatalogTable } from '../sql/catalog.ts';
import { loadCatalog, type LoadedCatalog } from './load-catalog.ts';

/** What a catalog file says there is. */
export async function knownObjects({ catalog, names }: LoadedCatalog): Promise<KnownObjects> {
  const tables = await Promise.all(
    names.tables.map((full) => {
      const parts = full.split('.');
      const [dataset = '', name = ''] = parts.slice(-2);
      return catalog.table({ project: parts.slice(0, -2).join('.'), dataset, name });
    }),
  );
  return { tables: tables.flatMap((table) => table ?? []), routines: names.routines };
}

/** A catalog and everything that is in it; without a file it is empty. */
export async function knownCatalog(
  file: string | undefined,
): Promise<{ readonly catalog: Catalog; readonly tables: readonly CatalogTable[] }> {
  if (file === undefined) return { catalog: staticCatalog({ tables: [] }), tables: [] };
  const loaded = await loadCatalog(file);
  return { catalog: loaded.catalog, tables: (await knownObjects(loaded)).tables };
}
