import { setTimeout as sleep } from 'node:timers/promises';
import { GuardError } from '../../errors.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { Delivery } from './delivery.ts';
import { countEntitled } from './entitlement.ts';
import { notApproved, stillPending, undeliverable } from './errors.ts';
import { draftRecord, type Asking } from './subject.ts';
import { waitForDecision } from './wait-for-decision.ts';

/** Asks, or joins the same question asked before, and comes back with an approved record or throws. */
export async function obtain(asking: Asking, parts: ApprovalParts): Promise<ApprovalRecord> {
  const { call, context } = asking;
  const { desk, report, options, now } = parts;
  const fresh = draftRecord(asking, options.prompt ?? 'digest', now());
  refuseHopeless(fresh, parts);
  const { record, opened } = await desk.open(fresh, context);
  if (record.state !== 'pending') return record;
  const { id, approvers, expiresAt } = record;
  report({ type: 'approval.waiting', id, approvers, expiresAt });
  const delivery = opened ? parts.deliveries.begin(record, parts) : undefined;
  const settled = await settle(record, delivery, asking, parts);
  report({ type: 'approval.settled', id, state: settled.state });
  if (settled.state === 'approved') return settled;
  throw await whyStopped(settled, delivery, call.id, parts);
}

async function settle(
  record: ApprovalRecord,
  delivery: Delivery | undefined,
  asking: Asking,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { desk, waiting, now, options } = parts;
  const { signal } = asking.context;
  try {
    if (options.onPending === 'throw') {
      await toldWithin(delivery, options.deliverFor ?? 30_000, signal);
      return (await desk.read(record.id)) ?? record;
    }
    const latest = now().getTime() + (options.waitFor ?? 300_000);
    const until = new Date(Math.min(latest, Date.parse(record.expiresAt)));
    return await waitForDecision(record, {
      desk,
      waiting,
      now,
      until,
      signal,
      fault: () => delivery?.fault,
    });
  } catch (error) {
    // Nobody should decide on a call that has gone, unless another one waits for the same.
    if (delivery !== undefined && waiting.count(record.id) === 0) {
      const { id } = asking.context.principal;
      await desk.cancel(record.id, id, 'the caller has gone').catch(() => undefined);
    }
    throw error;
  }
}

async function toldWithin(
  delivery: Delivery | undefined,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (delivery === undefined) return;
  const timer = new AbortController();
  try {
    const end = AbortSignal.any([signal, timer.signal]);
    await Promise.race([delivery.done, sleep(milliseconds, undefined, { signal: end })]);
  } finally {
    timer.abort();
  }
}

async function whyStopped(
  settled: ApprovalRecord,
  delivery: Delivery | undefined,
  callId: string,
  { desk, expiries, now }: ApprovalParts,
): Promise<GuardError> {
  const failure = delivery?.failure;
  const silent = settled.state === 'pending' || settled.state === 'expired' || settled.state === 'cancelled';
  if (failure !== undefined && silent) {
    await desk.cancel(settled.id, 'guard', 'undeliverable');
    return undeliverable(settled, callId, failure);
  }
  if (settled.state !== 'pending') return notApproved(settled, callId);
  expiries.watch(settled, desk, now());
  return stillPending(settled, callId);
}

/** Without enough people who are not the requester there is nothing to wait for. */
function refuseHopeless(record: ApprovalRecord, { people }: ApprovalParts): void {
  const entitled = countEntitled(record, people);
  if (entitled >= record.quorum) return;
  throw new GuardError(
    'ERR_CONFIG',
    `The call needs ${record.quorum} approvals, but only ${entitled} of the approvers may decide on it: nobody approves their own request, and service accounts never do. Name further people in the policy.`,
    { callId: record.requester.callId, reasons: record.notice.reasons },
  );
}
