import type { CatalogColumn } from '../../sql/catalog.ts';
import type { AppliedMask } from '../policy/mask-choice.ts';
import { masks, typesOf, type Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

export type MakeMask = (choice: AppliedMask) => Mask;

/** A mask that does not fit the column's type becomes nullify. */
export function fittingMask(choice: AppliedMask, column: Pick<CatalogColumn, 'type'>, make: MakeMask): Mask {
  return typesOf(choice).includes(scalarType(column.type)) ? make(choice) : masks.nullify;
}
