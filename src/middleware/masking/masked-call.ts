import type { Call } from '../../call/call.ts';
import { queryRequest, withQuerySettings } from '../../call/query-request.ts';
import type { Analysis } from '../../sql/analyse.ts';
import type { CatalogTable } from '../../sql/catalog.ts';
import { boundedMap, type BoundedMap } from '../../sql/bounded-map.ts';
import type { Facts } from '../../sql/facts.ts';
import {
  maskSources,
  type PositionMap,
  type Rewritten,
  type SourceFilter,
  type SourceMask,
} from '../../sql/rewrite/index.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { isResultSide } from '../policy/mask-choice.ts';
import type { VisibleTables } from '../policy/visible-tables.ts';
import { refuseUnlessCopied } from './only-copied.ts';
import { sourceFilter } from './source-filter.ts';
import { sourceMasks } from './source-masks.ts';
import { withPads } from './keys/known-pads.ts';
import { unmaskable } from './unmaskable.ts';

/** What masking needs to know of a query. */
export interface Maskable {
  readonly analysis: Analysis;
  /** The tables that it reads. */
  readonly tables: readonly CatalogTable[];
  readonly masks: readonly ColumnMask[];
  /** Of which tables views of INFORMATION_SCHEMA may tell. */
  readonly visible: readonly VisibleTables[];
}

export interface MaskedCall {
  readonly call: Call;
  /** The way back to places in the caller's text; absent where nothing was rewritten. */
  readonly positions?: PositionMap;
}

/** The call as it will be sent: with the masked text in place of its own. */
export async function maskedCall(call: Call, maskable: Maskable): Promise<MaskedCall> {
  const query = queryRequest(call);
  const masks = maskable.masks.filter((mask) => !isResultSide(mask));
  if (query !== undefined)
    refuseUnlessCopied(call, query, maskable.analysis, maskable.masks.filter(isResultSide));
  if (masks.length === 0 && maskable.visible.length === 0) return { call };
  const { text, positions } = await rewrite(call, { ...maskable, masks });
  return { call: withQuerySettings(call, { query: text }), positions };
}

/** By the facts of an analysis, which are made anew as soon as a table that it used has changed. */
const rewrites = new WeakMap<Facts, BoundedMap<string, Rewritten>>();

async function remembered(
  analysis: Analysis,
  masks: readonly SourceMask[],
  filters: readonly SourceFilter[],
): Promise<Rewritten> {
  const key = JSON.stringify([
    masks.map((mask) => [mask.table, mask.path, mask.expression('v', 'r'), mask.suppresses, mask.trusted]),
    filters.map((filter) => [filter.table, filter.condition('r')]),
  ]);
  let known = rewrites.get(analysis.facts);
  if (known === undefined) rewrites.set(analysis.facts, (known = boundedMap(20)));
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = await maskSources(analysis, masks, { filters });
  known.set(key, made);
  return made;
}

async function rewrite(call: Call, { analysis, tables, masks, visible }: Maskable): Promise<Rewritten> {
  try {
    const sources = sourceMasks(masks, tables, call.id);
    const filters = visible.map(sourceFilter);
    const known = withPads(analysis, masks);
    // What a routine gives is looked up anew, since the analysis of the caller's text says nothing of it; and what is
    // another text for each query is not worth keeping.
    if (masks.some((mask) => mask.with === 'routine' || mask.with === 'randomHash'))
      return await maskSources(known, sources, { filters });
    return await remembered(known, sources, filters);
  } catch (cause) {
    throw unmaskable(
      call,
      cause instanceof Error ? cause.message : 'the query could not be rewritten',
      cause,
    );
  }
}
