import { newId } from '../../call/new-id.ts';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import type { Decision } from '../policy/decision.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { evidenceKey } from './evidence.ts';
import { buildNotice, requesterOf, type PromptShown } from './notice.ts';
import { requestHash } from './request-hash.ts';
import { requestParts } from './request-parts.ts';

/** A call for which somebody must be asked. */
export interface Asking {
  readonly call: Call;
  readonly context: Context;
  readonly decision: Extract<Decision, { effect: 'require-approval' }>;
}

/** Expiry at the latest: 14 days. */
const longest = 14 * 86_400_000;

/** The request as it would be stored, with everything that an approval of it would cover. */
export function draftRecord(asking: Asking, promptShown: PromptShown, now: Date): ApprovalRecord {
  const { call, context, decision } = asking;
  refuseUpload(call);
  const evidence = context.get(evidenceKey);
  const parts = requestParts(call, context, decision, evidence);
  const hash = requestHash(parts);
  const id = newId();
  const requestedAt = now.toISOString();
  const expiresIn = Math.min(decision.approval.expiresInMs, longest);
  const expiresAt = new Date(now.getTime() + expiresIn).toISOString();
  const frame = { id, requestedAt, expiresAt, promptShown };
  return {
    id,
    requestHash: hash,
    state: 'pending',
    version: 1,
    requester: requesterOf(call, context),
    approvers: decision.approval.approvers,
    quorum: decision.approval.quorum,
    votes: [],
    requestedAt,
    expiresAt,
    transitions: [],
    notice: buildNotice({ call, context, decision, evidence, parts, requestHash: hash }, frame),
  };
}

/** A stream is read while it is sent: no hash could bind an approval to its content. */
function refuseUpload(call: Call): void {
  if (call.upload === undefined) return;
  throw new GuardError(
    'ERR_POLICY_DENIED',
    'An upload needs approval by the policy, but its content is not known before it is sent, so nobody can approve it. Load the data from Cloud Storage instead.',
    { callId: call.id, reasons: [{ rule: 'approval', message: 'an upload cannot be approved' }] },
  );
}
