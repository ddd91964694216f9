import { keyDatasetOf } from './applied-mask.ts';
import type { AccessPair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';

/**
 * Whether the object lies in the dataset of keys, or is it. A dataset of that name is closed in every project, since a
 * project can also be named by its number.
 */
export function holdsKeys(
  { document: { keyDataset, project } }: Pick<CompiledPolicy, 'document'>,
  { object }: Pick<AccessPair, 'object'>,
): boolean {
  if (keyDataset === undefined || !('dataset' in object)) return false;
  return object.dataset.toLowerCase() === keyDatasetOf(keyDataset, project).dataset.toLowerCase();
}
