import { setTimeout as sleep } from 'node:timers/promises';
import { GuardError } from '../../errors.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { Delivery } from './delivery.ts';
import { lacking } from './entitlement.ts';
import { notApproved, stillPending, undeliverable } from './errors.ts';
import { draftRecord, type Subject } from './subject.ts';
import { waitForDecision } from './wait-for-decision.ts';

/** What the request grew out of, when an approver edited another one. */
export interface Origin {
  readonly editOf: string;
}

/** Asks, or joins the same question asked before, and comes back with an approved record or throws. */
export async function obtain(
  subject: Subject,
  parts: ApprovalParts,
  origin?: Origin,
): Promise<ApprovalRecord> {
  const { context } = subject;
  const { desk, store, options, now } = parts;
  const shape = subject.keys.shape;
  const fresh = draftRecord(subject, {
    now: now(),
    promptShown: options.prompt ?? 'digest',
    currency: options.currency,
    rowCap: options.rowCap?.(context),
    previous: shape === undefined ? undefined : await store.findLastApproved(shape),
    ...origin,
  });
  refuseHopeless(fresh, parts);
  const { record, opened } = await desk.open(fresh, context);
  return opened || record.state === 'pending' ? settled(record, opened, subject, parts) : record;
}

/** Waits for what people say. A request that nobody was told of, because a process died, is told now. */
export async function settled(
  record: ApprovalRecord,
  opened: boolean,
  subject: Pick<Subject, 'call' | 'context'>,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { desk, report, deliveries } = parts;
  const { id, requirement, expiresAt } = record;
  report({ type: 'approval.waiting', id, approvers: requirement.approvers, expiresAt });
  const isFirst = opened || (record.toldAt === undefined && !desk.hasAsked(id));
  const delivery = isFirst ? deliveries.begin(record, parts) : undefined;
  if (requirement.escalation !== undefined) parts.agenda.watch(record);
  const end = await settle(record, delivery, subject, parts);
  report({ type: 'approval.settled', id, state: end.state });
  if (end.state === 'approved') return end;
  throw await whyStopped(end, delivery, subject.call.id, parts);
}

async function settle(
  record: ApprovalRecord,
  delivery: Delivery | undefined,
  { context }: Pick<Subject, 'context'>,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { desk, waiting, now, options } = parts;
  const { signal } = context;
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
      const { id } = context.principal;
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
  end: ApprovalRecord,
  delivery: Delivery | undefined,
  callId: string,
  { desk, agenda }: ApprovalParts,
): Promise<GuardError> {
  const failure = delivery?.failure;
  const silent = end.state === 'pending' || end.state === 'expired' || end.state === 'cancelled';
  if (failure !== undefined && silent) {
    await desk.cancel(end.id, 'guard', 'undeliverable');
    return undeliverable(end, callId, failure);
  }
  if (end.state !== 'pending') return notApproved(end, callId);
  agenda.watch(end);
  return stillPending(end, callId);
}

/** Without enough people who are not the requester there is nothing to wait for. */
function refuseHopeless(record: ApprovalRecord, { people }: ApprovalParts): void {
  const short = lacking(record, people);
  if (short === undefined) return;
  throw new GuardError(
    'ERR_CONFIG',
    `The call needs ${short.needed} approvals, but only ${short.entitled} of the approvers may decide on it: nobody approves their own request, nobody counts twice, and service accounts never do. Name further people in the policy.`,
    { callId: record.requester.callId, reasons: record.notice.reasons },
  );
}
