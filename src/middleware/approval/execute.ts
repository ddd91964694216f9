import type { Call } from '../../call/call.ts';
import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';
import type { ApprovalParts } from './approval.ts';
import { refused } from './approval-event.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { changedMeanwhile, notApproved, tooManyBytes } from './errors.ts';
import { evidenceKey, reconsiderKey } from './evidence.ts';
import { freshCostKey } from '../limits/cost.ts';
import { subjectOf, type Asking, type Subject } from './subject.ts';
import { isCovered } from './use-grant.ts';

/**
 * The last step before the call is sent on: decides again, asks for the cost again, compares what would run with what
 * was approved, and spends the approval. Throws when anything differs or somebody else was faster.
 */
export async function execute(
  record: ApprovalRecord,
  asking: Asking,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { call, context } = asking;
  const { desk } = parts;
  const subject = await subjectNow(record, asking, parts);
  const { requestHash, keys } = subject;
  const shown = [requestHash, keys.exact, ...(keys.shape === undefined ? [] : [keys.shape])];
  if (!isSame(record, subject)) {
    await stop(record, subject, parts, 'action_digest_mismatch', 'what would run is not what was approved');
    throw changedMeanwhile(record, call.id);
  }
  const most = mostBytes(record, parts);
  if (most !== undefined && !(subject.cost?.bounded === true && subject.cost.bytes <= BigInt(most))) {
    await stop(record, subject, parts, 'bytes_over_approved', 'it would read more than was approved');
    throw tooManyBytes(record, call.id, { bytes: subject.cost?.bytes, most });
  }
  const outcome = await desk.consume(record.id, shown, call.id, context);
  if (outcome?.kind === 'changed') return outcome.record;
  const standing = outcome?.record ?? record;
  const reason = outcome?.kind === 'refused' ? outcome.reason : 'unknown_request';
  await desk.write(refused(standing, reason), record.id, context);
  throw notApproved(standing, call.id);
}

function isSame(record: ApprovalRecord, subject: Subject): boolean {
  if (record.grant === undefined) return record.requestHash === subject.requestHash;
  const { exact, shape } = subject.keys;
  return [exact, shape].includes(record.grant.key) && isCovered(record, subject);
}

/** A table that has grown meanwhile a little is no other request. */
const defaultTolerance = 1.1;

function mostBytes({ approvedBytes, grant }: ApprovalRecord, { options }: ApprovalParts): number | undefined {
  const approved = grant?.scope === 'shape' ? grant.bytes : approvedBytes;
  return approved === undefined ? undefined : Math.floor(approved * (options.tolerance ?? defaultTolerance));
}

/** What no longer fits is of no use; a grant may fit the next call again. */
async function stop(
  record: ApprovalRecord,
  { context }: Asking,
  { desk }: ApprovalParts,
  reason: 'action_digest_mismatch' | 'bytes_over_approved',
  text: string,
): Promise<void> {
  await desk.write(refused(record, reason), record.id, context);
  if (record.grant === undefined) await desk.revoke(record.id, 'guard', text);
}

/** The policy, the tables and the cost as they are now. */
async function subjectNow(record: ApprovalRecord, asking: Asking, parts: ApprovalParts): Promise<Subject> {
  const { call, context } = asking;
  context.set(freshCostKey, true);
  const again = await context.get(reconsiderKey)?.(call);
  const decision = again?.decision ?? context.get(decisionKey);
  const evidence = again === undefined ? context.get(evidenceKey) : again.evidence;
  if (decision === undefined || decision.effect === 'deny') {
    if (record.grant === undefined)
      await parts.desk.revoke(record.id, 'guard', 'the policy denies the call now');
    throw deniedNow(call, decision?.reasons);
  }
  const asked =
    decision.effect === 'allow'
      ? { ...asking.decision, ...decision, effect: asking.decision.effect }
      : decision;
  const subject = await subjectOf({ call, context, decision: asked }, evidence);
  context.set(freshCostKey, false);
  return subject;
}

export function deniedNow(call: Call, reasons: GuardError['reasons'] | undefined): GuardError {
  return new GuardError(
    'ERR_POLICY_DENIED',
    'The call was approved, but the policy has changed since and denies it. Nothing was sent.',
    { callId: call.id, reasons },
  );
}
