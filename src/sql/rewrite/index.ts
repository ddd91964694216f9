export { applyEdits } from './apply-edits.ts';
export type { Edit, Rewritten } from './apply-edits.ts';
export { maskSources } from './mask-sources.ts';
export type { MaskOptions } from './mask-sources.ts';
export type { SourceFilter, SourceMask } from './source-mask.ts';
export type { Position, PositionMap } from './positions.ts';
