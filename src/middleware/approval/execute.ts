import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';
import type { ApprovalParts } from './approval.ts';
import { refused } from './approval-event.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { changedMeanwhile, notApproved } from './errors.ts';
import { evidenceKey, reconsiderKey } from './evidence.ts';
import { requestHash } from './request-hash.ts';
import { requestParts } from './request-parts.ts';
import type { Asking } from './subject.ts';

/**
 * The last step before the call is sent on: decides again, compares what would run with what was approved,
 * and spends the approval. Throws when anything differs or somebody else was faster.
 */
export async function execute(
  record: ApprovalRecord,
  asking: Asking,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { call } = asking;
  const found = await hashNow(record, asking, parts);
  if (found !== record.requestHash) {
    await parts.desk.write(refused(record, 'action_digest_mismatch'), record.id, asking.context);
    await parts.desk.revoke(record.id, 'guard', 'what would run is not what was approved');
    throw changedMeanwhile(record, call.id);
  }
  const outcome = await parts.desk.consume(record.id, found, call.id, asking.context);
  if (outcome?.kind === 'changed') return outcome.record;
  const standing = outcome?.record ?? record;
  const reason = outcome?.kind === 'refused' ? outcome.reason : 'unknown_request';
  await parts.desk.write(refused(standing, reason), record.id, asking.context);
  throw notApproved(standing, call.id);
}

async function hashNow(
  record: ApprovalRecord,
  { call, context }: Asking,
  parts: ApprovalParts,
): Promise<string> {
  const reconsider = context.get(reconsiderKey);
  const again = await reconsider?.(call);
  const decision = again?.decision ?? context.get(decisionKey);
  const evidence = again === undefined ? context.get(evidenceKey) : again.evidence;
  if (decision === undefined || decision.effect === 'deny') {
    await parts.desk.revoke(record.id, 'guard', 'the policy denies the call now');
    throw new GuardError(
      'ERR_POLICY_DENIED',
      'The call was approved, but the policy has changed since and denies it. Nothing was sent.',
      { callId: call.id, reasons: decision?.reasons },
    );
  }
  return requestHash(requestParts(call, context, decision, evidence));
}
