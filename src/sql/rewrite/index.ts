export { applyEdits } from './apply-edits.ts';
export type { Edit, Rewritten } from './apply-edits.ts';
export { maskSources } from './mask-sources.ts';
export type { MaskOptions, SourceFilter, SourceMask } from './mask-sources.ts';
export type { Position, PositionMap } from './positions.ts';
