import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { notApproved, stillPending, unknownRequest, type ApprovalHandle } from './errors.ts';
import { waitForDecision } from './wait-for-decision.ts';

export interface ResumeOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds to wait at most; 5 min. 0 only looks. */
  readonly waitFor?: number;
}

/** Waits for the end of a request that another call left, without asking anybody again. */
export async function resume(
  { id, requestHash }: ApprovalHandle,
  { desk, waiting, agenda, now }: ApprovalParts,
  { signal = new AbortController().signal, waitFor = 300_000 }: ResumeOptions = {},
): Promise<ApprovalRecord> {
  const record = await desk.read(id);
  if (record === undefined || record.requestHash !== requestHash) throw unknownRequest(id);
  agenda.watch(record);
  const latest = Math.min(now().getTime() + waitFor, Date.parse(record.expiresAt));
  const end = await waitForDecision(record, { desk, waiting, now, until: new Date(latest), signal });
  if (end.state === 'approved') return end;
  const { callId } = end.requester;
  throw end.state === 'pending' ? stillPending(end, callId) : notApproved(end, callId);
}
