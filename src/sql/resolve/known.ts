import type { CatalogRoutine, CatalogTable, ObjectName } from '../catalog.ts';
import type { Parsed } from '../parse/index.ts';

/** What the catalog has said so far. `pending`: it has to be asked, and the walk done again. */
export type Lookup<Item> =
  | { readonly state: 'known'; readonly item: Item }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'pending' };

/** What is said of something that is not known. */
export function wordsOf(found: Lookup<unknown>): string {
  return found.state === 'failed' ? found.why : 'is not in the catalog';
}

/** The catalog as one walk sees it: at once, without waiting. */
export interface Known {
  table(name: ObjectName): Lookup<CatalogTable>;
  routine(name: ObjectName): Lookup<CatalogRoutine>;
  /** One object per name, so that sources of the same column are the same object. */
  name(project: string, dataset: string, name: string): ObjectName;
  /** The tree of a view's or routine's text, parsed once. */
  parse(text: string): Parsed;
}
