import type { Context } from '../../call/context.ts';
import type { Claim } from '../../store/index.ts';
import type { LimitRule } from '../policy/document.ts';
import { inMillionths } from './price.ts';
import type { BudgetRule } from './rules.ts';

/** A claim, and the rule that makes it: whom a refusal names. */
export interface RuleClaim extends Claim {
  readonly rule: string;
  readonly unit: 'bytes' | 'inserted' | 'millionths' | 'jobs' | 'calls';
  /** When there will be more, as a sentence. */
  readonly fullAgain?: string;
}

const day = 86_400_000;

/** Beyond the end of a period, so that a clock that is set ahead and back again gives no budget anew. */
const keepFor = 90 * day;

/** What a call takes from budgets at most. */
export interface Spending {
  /** Billed for a query. */
  readonly bytes?: bigint | undefined;
  /** Of a streaming insert. */
  readonly inserted?: bigint | undefined;
  readonly millionths?: bigint | undefined;
}

export function budgetClaims(
  budgets: readonly BudgetRule[],
  spending: Spending,
  context: Context,
): readonly RuleClaim[] {
  return budgets.flatMap((budget) => {
    const { name: rule, bytes, insertedBytes, price } = budget;
    const { key, end } = periodOf(budget, context.now());
    const counterExpiresAt = new Date((end ?? context.now()).getTime() + keepFor);
    const fullAgain = end === undefined ? '' : ` The budget is full again at ${end.toISOString()}.`;
    const common = { rule, hold: 'charge', counterExpiresAt, fullAgain } as const;
    const claim = (
      unit: RuleClaim['unit'],
      counted: string,
      amount: bigint = 0n,
      limit?: bigint,
    ): readonly RuleClaim[] => {
      if (limit === undefined || amount === 0n) return [];
      const counter = JSON.stringify(['budget', rule, counted, key, ...whose(budget, context)]);
      return [{ ...common, unit, counter, amount, limit }];
    };
    return [
      ...claim('bytes', 'bytes', spending.bytes, bytes),
      ...claim('inserted', 'inserted', spending.inserted, insertedBytes),
      ...claim(
        'millionths',
        'price',
        spending.millionths,
        price === undefined ? undefined : inMillionths(price),
      ),
    ];
  });
}

/** Whoever names no agent or session shares a budget with all who do not: leaving it out gains nothing. */
function whose({ per }: BudgetRule, { principal, agent, session }: Context): readonly string[] {
  if (per === 'everyone') return [];
  if (per === 'principal') return [principal.id];
  if (per === 'agent') return agent === undefined ? [] : [agent.name];
  return session === undefined ? [principal.id] : [principal.id, session.id];
}

function periodOf({ period }: BudgetRule, now: Date): { readonly key: string; readonly end?: Date } {
  const date = now.toISOString().slice(0, 10);
  if (period === 'ever') return { key: '' };
  if (period === 'day') return { key: date, end: new Date(Date.parse(date) + day) };
  const [year = 0, month = 0] = date.split('-').map(Number);
  return { key: date.slice(0, 7), end: new Date(Date.UTC(year, month, 1)) };
}

export function concurrencyClaims(limits: readonly LimitRule[], context: Context): readonly RuleClaim[] {
  return limits.flatMap(({ name: rule, concurrent }) => {
    if (concurrent === undefined) return [];
    const counter = JSON.stringify(['concurrent', rule, context.principal.id]);
    const counterExpiresAt = context.now();
    const limit = BigInt(concurrent);
    return [{ rule, unit: 'jobs', counter, amount: 1n, limit, hold: 'release', counterExpiresAt } as const];
  });
}

export function rateClaims(limits: readonly LimitRule[], context: Context): readonly RuleClaim[] {
  return limits.flatMap(({ name: rule, callsPerMinute }) => {
    if (callsPerMinute === undefined) return [];
    const now = context.now();
    const minute = now.toISOString().slice(0, 16);
    const counter = JSON.stringify(['calls', rule, minute, context.principal.id]);
    const limit = BigInt(callsPerMinute);
    const counterExpiresAt = new Date(now.getTime() + 600_000);
    return [{ rule, unit: 'calls', counter, amount: 1n, limit, hold: 'spend', counterExpiresAt } as const];
  });
}
