import type { Analysis } from '../analyse.ts';
import type { Rewritten } from './apply-edits.ts';
import { rewriteSources } from './rewrite-sources.ts';
import type { SourceFilter, SourceMask } from './source-mask.ts';

export interface MaskOptions {
  readonly filters?: readonly SourceFilter[];
  readonly signal?: AbortSignal;
}

/**
 * Replaces every reference to a table with masks by a subquery that lists the needed columns by name, with
 * the masks in place. A view over such a table is masked at its output where it only copies masked columns, else its
 * text stands in its place, rewritten in the same way. The result is parsed and analysed again; what is not exactly the
 * same query over masked columns is an error, and nothing is handed out.
 */
export async function maskSources(
  analysis: Analysis,
  masks: readonly SourceMask[],
  { filters = [], signal }: MaskOptions = {},
): Promise<Rewritten> {
  const { text, positions } = await rewriteSources(analysis, { masks, filters }, signal);
  return { text, positions };
}
