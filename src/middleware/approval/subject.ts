import { newId } from '../../call/new-id.ts';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import { costKey, type Cost } from '../limits/cost.ts';
import type { Decision } from '../policy/decision.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { evidenceKey, type Evidence } from './evidence.ts';
import { buildNotice, requesterOf, type NoticeFrame } from './notice.ts';
import { requestHash } from './request-hash.ts';
import { grantKeys, requestParts, type RequestParts } from './request-parts.ts';
import { longestApproval } from './transition.ts';

/** A call for which somebody must be asked. */
export interface Asking {
  readonly call: Call;
  readonly context: Context;
  readonly decision: Extract<Decision, { effect: 'require-approval' }>;
}

/** A call as it would run now, and all that an approval of it is bound to. */
export interface Subject extends Asking {
  readonly evidence: Evidence | undefined;
  readonly parts: RequestParts;
  readonly requestHash: string;
  readonly keys: ApprovalRecord['keys'];
  readonly cost: Cost | undefined;
}

/**
 * Finds out what would run now. The cost is BigQuery's own word, by a dry run of the text with its masks: a query that
 * BigQuery does not even plan is not shown to anybody.
 */
export async function subjectOf(asking: Asking, evidence?: Evidence): Promise<Subject> {
  const { context, decision } = asking;
  return { ...bareSubject(asking, evidence), cost: await context.get(costKey)?.(decision.masks) };
}

/** The same before BigQuery is asked anything. */
export function bareSubject(asking: Asking, evidence?: Evidence): Omit<Subject, 'cost'> {
  const { call, context, decision } = asking;
  refuseUpload(call);
  const known = evidence ?? context.get(evidenceKey);
  const parts = requestParts(call, context, decision, known);
  return {
    ...asking,
    evidence: known,
    parts,
    requestHash: requestHash(parts),
    keys: grantKeys(parts, known?.fingerprint),
  };
}

export type DraftFrame = Pick<NoticeFrame, 'promptShown' | 'currency' | 'rowCap'> & {
  readonly now: Date;
  readonly previous?: ApprovalRecord | undefined;
  readonly editOf?: string | undefined;
};

/** The request as it would be stored. */
export function draftRecord(
  subject: Subject,
  { now, previous, editOf, ...shown }: DraftFrame,
): ApprovalRecord {
  const { call, context, decision, keys, cost } = subject;
  const id = newId();
  const requestedAt = now.toISOString();
  const expiresIn = Math.min(decision.approval.expiresInMs, longestApproval);
  const expiresAt = new Date(now.getTime() + expiresIn).toISOString();
  return {
    id,
    requestHash: subject.requestHash,
    state: 'pending',
    version: 1,
    requester: requesterOf(call, context),
    requirement: decision.approval,
    votes: [],
    requestedAt,
    expiresAt,
    transitions: [],
    keys,
    ...(cost !== undefined && { approvedBytes: Number(cost.bytes) }),
    ...(editOf !== undefined && { editOf }),
    notice: buildNotice({ ...subject, previous, editOf }, { id, requestedAt, expiresAt, ...shown }),
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
