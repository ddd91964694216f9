import type { Mask } from './mask.ts';

/** Always NULL (an empty array for repeated columns); the column is not even scanned. */
export const nullify: Mask = {
  empties: true,
  replacesNull: false,
  expression: (_value, type) => `CAST(NULL AS ${type})`,
  cell: () => null,
  releases: () => false,
};
