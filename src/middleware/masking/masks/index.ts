export { maskOf, masks, type MaskSecrets } from './mask-of.ts';
export type { Mask, ScalarType } from './mask.ts';
