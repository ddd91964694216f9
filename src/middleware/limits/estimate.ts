import { createHash } from 'node:crypto';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { boundedMap } from '../../sql/bounded-map.ts';
import { record } from '../audit/index.ts';
import { freshCostKey, type Cost, type EstimateCost } from './cost.ts';
import { costIn, dryRunOf } from './dry-run.ts';
import { dryRunRefused, unavailable } from './errors.ts';
import { estimatedEvent } from './event.ts';
import { defaultCost, type CostSettings } from './rules.ts';

export interface EstimateOptions {
  readonly settings?: CostSettings | undefined;
  /** How long an answer of BigQuery stands, in milliseconds; 60 s. */
  readonly keepFor?: number | undefined;
  /** How many answers are kept; 1,000. */
  readonly keep?: number | undefined;
}

interface Kept {
  readonly cost: Cost;
  readonly from: number;
}

/**
 * Asks BigQuery by dry runs, which are free, what queries would cost, and keeps the answers by exact text, parameters,
 * settings and account. The dry run stands in the record of the call that it is made for.
 */
export function estimates(options: EstimateOptions = {}): EstimateCost {
  const { settings = defaultCost, keepFor = 60_000, keep = 1_000 } = options;
  const known = boundedMap<string, Kept>(keep);
  return async (call, context) => {
    const asking = dryRunOf(call);
    if (asking === undefined) throw new TypeError('Only queries have a cost that can be estimated.');
    const key = createHash('sha256')
      .update(JSON.stringify([asking.project, asking.body, context.account ?? null]))
      .digest('base64');
    const now = context.now().getTime();
    const before = known.get(key);
    // A clock that was set back makes an answer look younger than it is.
    const isFresh = before !== undefined && now >= before.from && now - before.from < keepFor;
    if (isFresh && !context.get(freshCostKey)) {
      await record(context, estimatedEvent(before.cost, settings, true));
      return before.cost;
    }
    const cost = await ask(asking, call, context, settings);
    known.set(key, { cost, from: now });
    await record(context, estimatedEvent(cost, settings, false));
    return cost;
  };
}

async function ask(asking: Call, call: Call, context: Context, settings: CostSettings): Promise<Cost> {
  let body;
  try {
    ({ body } = await context.upstream(asking));
  } catch (error) {
    throw dryRunRefused(error, call, context);
  }
  const cost = costIn(body, settings);
  if (cost === undefined) throw unavailable(call, 'dry-run', 'the dry run of the query states no size');
  return cost;
}
