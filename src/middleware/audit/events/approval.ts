import { count, digest, listOf, oneOf, reasons, text, time } from './definition.ts';
import type { EventDefinition, RecordedReason } from './definition.ts';

export interface ApprovalRequested {
  readonly approval: string;
  readonly requestHash: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly expiresAt: string;
  readonly reasons?: readonly RecordedReason[];
  /** SHA-256 of what the approvers are shown. */
  readonly noticeDigest?: string;
  readonly transition?: string;
}

export const approvalRequested: EventDefinition<ApprovalRequested> = {
  version: 1,
  summary: 'The call waits, and people are asked.',
  required: ['approval', 'requestHash', 'approvers', 'quorum', 'expiresAt'],
  properties: {
    approval: text,
    requestHash: digest,
    approvers: listOf(text),
    quorum: count,
    expiresAt: time,
    reasons,
    noticeDigest: digest,
    transition: digest,
  },
};

export interface ApprovalNotified {
  readonly approval: string;
  readonly requestHash: string;
  readonly channel: string;
  /** How many attempts it took. */
  readonly attempt: number;
}

export const approvalNotified: EventDefinition<ApprovalNotified> = {
  version: 1,
  summary: 'The approvers have been told by a channel.',
  required: ['approval', 'requestHash', 'channel', 'attempt'],
  properties: { approval: text, requestHash: digest, channel: text, attempt: count },
};

export interface ApprovalUndelivered {
  readonly approval: string;
  readonly requestHash: string;
  readonly channel: string;
  readonly attempt: number;
  /** `failed`: further attempts follow. */
  readonly outcome: 'failed' | 'given up';
  readonly message: string;
}

export const approvalUndelivered: EventDefinition<ApprovalUndelivered> = {
  version: 1,
  summary: 'An attempt to tell the approvers by a channel has failed.',
  required: ['approval', 'requestHash', 'channel', 'attempt', 'outcome', 'message'],
  properties: {
    approval: text,
    requestHash: digest,
    channel: text,
    attempt: count,
    outcome: oneOf('failed', 'given up'),
    message: text,
  },
};

export interface ApprovalDecided {
  readonly approval: string;
  readonly requestHash: string;
  readonly person: string;
  readonly verdict: 'approve' | 'reject';
  /** The state of the approval after this vote. */
  readonly state: string;
  readonly comment?: string;
  /** The signed decision, so that it can be checked again. */
  readonly proof?: { readonly kind: string; readonly [name: string]: string | number | undefined };
  readonly transition?: string;
}

export const approvalDecided: EventDefinition<ApprovalDecided> = {
  version: 1,
  summary: 'One person has voted.',
  required: ['approval', 'requestHash', 'person', 'verdict', 'state'],
  properties: {
    approval: text,
    requestHash: digest,
    person: text,
    verdict: oneOf('approve', 'reject'),
    state: text,
    comment: text,
    proof: {
      type: 'object',
      required: ['kind'],
      properties: { kind: text },
      additionalProperties: { type: ['string', 'number'] },
    },
    transition: digest,
  },
};

export interface ApprovalConsumed {
  readonly approval: string;
  readonly requestHash: string;
  readonly transition?: string;
}

export const approvalConsumed: EventDefinition<ApprovalConsumed> = {
  version: 1,
  summary: 'The approval is spent on this one execution.',
  required: ['approval', 'requestHash'],
  properties: { approval: text, requestHash: digest, transition: digest },
};

export interface ApprovalExpired {
  readonly approval: string;
  readonly requestHash: string;
  readonly expiresAt?: string;
  readonly transition?: string;
}

export const approvalExpired: EventDefinition<ApprovalExpired> = {
  version: 1,
  summary: 'Nobody decided in time.',
  required: ['approval', 'requestHash'],
  properties: { approval: text, requestHash: digest, expiresAt: time, transition: digest },
};

export interface ApprovalWithdrawn {
  readonly approval: string;
  readonly requestHash: string;
  readonly state: 'cancelled' | 'revoked';
  readonly by?: string;
  readonly reason?: string;
  readonly transition?: string;
}

export const approvalWithdrawn: EventDefinition<ApprovalWithdrawn> = {
  version: 1,
  summary: 'A pending request was cancelled or a given approval revoked.',
  required: ['approval', 'requestHash', 'state'],
  properties: {
    approval: text,
    requestHash: digest,
    state: oneOf('cancelled', 'revoked'),
    by: text,
    reason: text,
    transition: digest,
  },
};

export interface ApprovalRefused {
  /** Missing when the message named none that is known. */
  readonly approval?: string;
  readonly requestHash?: string;
  /** A reason code: `unsigned`, `expired`, `already_consumed`, … */
  readonly reason: string;
  readonly person?: string;
}

export const approvalRefused: EventDefinition<ApprovalRefused> = {
  version: 1,
  summary: 'A vote, callback or use of an approval was turned away.',
  required: ['reason'],
  properties: { approval: text, requestHash: digest, reason: text, person: text },
};
