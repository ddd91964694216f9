import { GuardError, type Reason } from '../../errors.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { renderSafely } from './render.ts';

/** Stands for one request; plain JSON, to be kept and shown to other processes. */
export interface ApprovalHandle {
  readonly id: string;
  readonly requestHash: string;
  readonly expiresAt: string;
}

type ApprovalErrorCode = 'ERR_APPROVAL_PENDING' | 'ERR_APPROVAL_REJECTED' | 'ERR_APPROVAL_EXPIRED';

/** A call that was stopped because of an approval that is missing, refused or over. */
export class ApprovalError extends GuardError {
  readonly approval: ApprovalHandle;

  constructor(
    code: ApprovalErrorCode,
    record: ApprovalRecord,
    message: string,
    options: { readonly callId: string; readonly reasons: readonly Reason[]; readonly cause?: unknown },
  ) {
    super(code, message, options);
    this.approval = handleOf(record);
  }
}

export function handleOf({ id, requestHash, expiresAt }: ApprovalRecord): ApprovalHandle {
  return { id, requestHash, expiresAt };
}

export function stillPending(record: ApprovalRecord, callId: string): ApprovalError {
  const who = record.notice.approvers.map(renderSafely).join(', ');
  const until = record.expiresAt.replace(/\.\d+Z$/, 'Z');
  const message = `The call waits for approval ${record.id} by ${who} until ${until}. Send the same call again once it is approved; do not change it.`;
  return new ApprovalError('ERR_APPROVAL_PENDING', record, message, { callId, reasons: whyAsked(record) });
}

/** Explains a state in which nothing will be sent any more. */
export function notApproved(record: ApprovalRecord, callId: string): ApprovalError {
  const rejection = record.votes.find((vote) => vote.verdict === 'reject');
  if (record.state === 'rejected' && rejection !== undefined) {
    const comment = rejection.comment === undefined ? '' : `: "${renderSafely(rejection.comment)}"`;
    const message = `${rejection.person} rejected the call${comment}. Nothing was sent. Do not repeat it unchanged.`;
    const reasons = [
      ...whyAsked(record),
      { rule: 'approval', message: `rejected by ${rejection.person}${comment}` },
    ];
    return new ApprovalError('ERR_APPROVAL_REJECTED', record, message, { callId, reasons });
  }
  const { message, reason } = endings[record.state] ?? endings.expired;
  const reasons = [...whyAsked(record), { rule: 'approval', message: reason }];
  return new ApprovalError('ERR_APPROVAL_EXPIRED', record, `${message} Nothing was sent.`, {
    callId,
    reasons,
  });
}

const endings = {
  expired: { message: 'Nobody decided in time; the approval request has expired.', reason: 'expired' },
  cancelled: { message: 'The approval request was withdrawn.', reason: 'cancelled' },
  revoked: { message: 'The approval was taken back before the call was sent.', reason: 'revoked' },
  consumed: {
    message: 'The approval has already been used by another call. Send the call again to ask anew.',
    reason: 'already_consumed',
  },
  pending: { message: 'The approval request is not decided.', reason: 'no_resolution' },
  approved: { message: 'The approval was given for something else.', reason: 'action_digest_mismatch' },
  rejected: { message: 'The approval was refused.', reason: 'not_terminal_allow' },
} as const;

export function changedMeanwhile(record: ApprovalRecord, callId: string): ApprovalError {
  const message =
    'The policy, a mask, a table or the call changed after the approval was given, so it covers something else. Nothing was sent. Send the call again to ask anew.';
  const reasons = [{ rule: 'approval', message: 'action_digest_mismatch' }];
  return new ApprovalError('ERR_APPROVAL_EXPIRED', record, message, { callId, reasons });
}

export function tooManyBytes(
  record: ApprovalRecord,
  callId: string,
  { bytes, most }: { readonly bytes: bigint | undefined; readonly most: number },
): ApprovalError {
  const now = bytes === undefined ? 'an amount that BigQuery does not tell' : `${bytes} bytes`;
  const message = `The call would now read ${now}; it was approved for at most ${most}. Nothing was sent. Send the call again to ask anew.`;
  const reasons = [{ rule: 'approval', message: 'bytes_over_approved' }];
  return new ApprovalError('ERR_APPROVAL_EXPIRED', record, message, { callId, reasons });
}

export function revokedWhileRunning(record: ApprovalRecord, callId: string, by: string): ApprovalError {
  const message = `${by} took the approval back while the call ran. BigQuery was told to cancel its job; what it had done by then stands, and its answer is kept back.`;
  const reasons = [{ rule: 'approval', message: 'revoked' }];
  return new ApprovalError('ERR_APPROVAL_EXPIRED', record, message, { callId, reasons });
}

export function tooManyRows(rows: number | undefined, callId: string): GuardError {
  const message = `The result has more than the ${rows ?? 0} rows that the grant lets through. Aggregate, filter, or ask for an approval of this very query.`;
  return new GuardError('ERR_LIMIT_EXCEEDED', message, {
    callId,
    reasons: [{ rule: 'approval', message: 'rows_over_granted' }],
  });
}

/** A handle of which the store knows nothing, or something else. */
export function unknownRequest(id: string): GuardError {
  return new GuardError(
    'ERR_APPROVAL_EXPIRED',
    `There is no approval request ${renderSafely(id)} with this content. Send the call again to ask anew.`,
    { reasons: [{ rule: 'approval', message: 'unknown_request' }] },
  );
}

export function undeliverable(
  record: ApprovalRecord,
  callId: string,
  failure: { readonly message: string; readonly cause: unknown },
): ApprovalError {
  const detail = failure.message.replace(/\.$/, '');
  const message = `Nobody could be told that the call needs approval (${detail}). Nothing was sent. Whoever runs the guard must repair the channel.`;
  const reasons = [...whyAsked(record), { rule: 'approval', message: 'undeliverable' }];
  return new ApprovalError('ERR_APPROVAL_EXPIRED', record, message, {
    callId,
    reasons,
    cause: failure.cause,
  });
}

function whyAsked(record: ApprovalRecord): readonly Reason[] {
  return record.notice.reasons;
}
