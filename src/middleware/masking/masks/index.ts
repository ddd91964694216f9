export { maskOf, masks, noSecrets, type MaskSecrets } from './mask-of.ts';
export { alphabets } from './format-preserving.ts';
export { typesOf } from './mask-types.ts';
export type { Mask, ScalarType } from './mask.ts';
