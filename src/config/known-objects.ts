import type { KnownObjects } from '../middleware/policy/review/unmatched.ts';
import type { LoadedCatalog } from './load-catalog.ts';

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
