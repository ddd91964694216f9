import type { Call } from '../../call/call.ts';
import type { Facts } from '../../sql/facts.ts';
import { bytesText, roundCoarsely } from './bytes.ts';
import type { Cost } from './cost.ts';
import { exceeded } from './errors.ts';
import type { BudgetRule } from './rules.ts';

/** The lowest `maximumBytesBilled` of the rules that apply. */
export interface ByteLimit {
  readonly rule: string;
  readonly bytes: bigint;
}

/** What is sent as `maximumBytesBilled`, and what budgets hold for it. */
export interface Reservation {
  readonly sent: bigint | undefined;
  readonly held: bigint;
}

export interface Spending {
  /** What the caller set itself. */
  readonly own: bigint | undefined;
  readonly limit: ByteLimit | undefined;
  readonly budgets: readonly BudgetRule[];
  readonly cost: Cost | undefined;
  readonly facts: Facts | undefined;
}

/**
 * What a query may bill: never more than the caller or a limit says. Where budgets apply, no more than its dry run
 * said, and exactly that is held. A script may bill the limit once for each of its statements.
 */
export function reservationOf(call: Call, spending: Spending): Reservation {
  const { own, limit, budgets, cost } = spending;
  const ceiling = least([own, limit?.bytes]);
  if (cost?.bounded === true && limit !== undefined && cost.billedBytes > limit.bytes) {
    throw tooCostly(call, limit, cost);
  }
  if (budgets.length === 0 || cost === undefined) return { sent: ceiling, held: 0n };
  const times = timesOf(call, spending, cost);
  if (cost.bounded && times === 1n) {
    const sent = least([ceiling, roundCoarsely(cost.billedBytes)]);
    return { sent, held: sent ?? 0n };
  }
  if (ceiling === undefined) throw unforeseeable(call, budgets, 'Set maximumBytesBilled');
  return { sent: ceiling, held: ceiling * times };
}

const loops = new Set(['WHILE', 'LOOP', 'REPEAT', 'FOR_IN', 'CALL']);

function timesOf(call: Call, { budgets, facts }: Spending, cost: Cost): bigint {
  const isScript = cost.statementType === 'SCRIPT' || cost.statementType === 'CALL';
  if (facts === undefined ? isScript : facts.statements.some(({ kind }) => loops.has(kind))) {
    throw unforeseeable(call, budgets, 'Write it as single statements without loops and calls of procedures');
  }
  return BigInt(Math.max(1, facts?.statements.length ?? 1));
}

export function least(sizes: readonly (bigint | undefined)[]): bigint | undefined {
  const known = sizes.filter((size) => size !== undefined);
  return known.toSorted((a, b) => (a < b ? -1 : 1))[0];
}

function tooCostly(call: Call, limit: ByteLimit, cost: Cost): Error {
  return exceeded(
    call,
    limit.rule,
    `The query was not sent: it would bill ${bytesText(roundCoarsely(cost.billedBytes))}, and limit ${limit.rule} allows ${bytesText(limit.bytes)}. Name fewer columns, filter on the partition column, or ask the owner of the policy.`,
  );
}

function unforeseeable(call: Call, budgets: readonly BudgetRule[], advice: string): Error {
  const [budget] = budgets;
  const rule = budget?.name ?? 'budgets';
  return exceeded(
    call,
    rule,
    `The query was not sent: BigQuery cannot tell what it would bill at most, and budget ${rule} applies. ${advice}.`,
  );
}
