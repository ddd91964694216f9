import type { CatalogColumn } from '../../sql/catalog.ts';
import type { MaskChoice } from '../policy/mask-choice.ts';
import { masks, type Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

export type MakeMask = (choice: MaskChoice) => Mask;

/** A mask that does not fit the column's type becomes nullify. */
export function fittingMask(choice: MaskChoice, column: Pick<CatalogColumn, 'type'>, make: MakeMask): Mask {
  const mask = make(choice);
  return mask.types.includes(scalarType(column.type)) ? mask : masks.nullify;
}
