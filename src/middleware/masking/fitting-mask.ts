import type { CatalogColumn } from '../../sql/catalog.ts';
import type { MaskName } from '../policy/decision.ts';
import { masks, type Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

/** A mask that does not fit the column's type becomes nullify. */
export function fittingMask(name: MaskName, column: Pick<CatalogColumn, 'type'>): Mask {
  const mask = masks[name];
  return mask.types.includes(scalarType(column.type)) ? mask : masks.nullify;
}
