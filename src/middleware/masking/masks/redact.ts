import type { Mask } from './mask.ts';

/** Nothing is left of the value; NULL stays NULL. */
export const redact: Mask = {
  empties: false,
  replacesNull: false,
  expression: (value, type) => `IF(${value} IS NULL, NULL, ${type.startsWith('BYTES') ? "b''" : "''"})`,
  cell: () => '',
  releases: (cell) => cell === '',
};
