import { nullify } from './nullify.ts';
import type { Mask } from './mask.ts';

/** Rows in which the column holds a value do not appear; where it is NULL they do. */
export const suppressRecord: Mask = nullify;
