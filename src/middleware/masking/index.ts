export { masking } from './masking.ts';
export { deterministicKeyBytes } from './masks/deterministic.ts';
export { detokenizing } from './detokenizing.ts';
export { keyPads, padsTable } from './keys/key-pads.ts';
export type { KeyVersions, MaskKey, MaskKeys } from './keys/mask-keys.ts';
export { maskedCost } from './masked-cost.ts';
