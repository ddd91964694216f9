import { count, digest, flag, listOf, oneOf, reasons, record, text, time } from './definition.ts';
import type { EventDefinition, RecordedReason } from './definition.ts';

export interface ApprovalRequested {
  readonly approval: string;
  readonly requestHash: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
  /** Groups that are asked once the first has approved. */
  readonly next?: readonly { readonly approvers: readonly string[]; readonly quorum: number }[];
  /** Who is asked as well after a time. */
  readonly escalation?: { readonly afterMs: number; readonly approvers: readonly string[] };
  /** The request that was approved with an edit, from which this one came. */
  readonly editOf?: string;
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
    next: listOf(record(['approvers', 'quorum'], { approvers: listOf(text), quorum: count })),
    escalation: record(['afterMs', 'approvers'], { afterMs: count, approvers: listOf(text) }),
    editOf: text,
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
  /** The absent person in whose place it was given. */
  readonly inPlaceOf?: string;
  /** True: an emergency, in which one person alone let the call run. */
  readonly breakGlass?: true;
  /** What the person wants to run instead. */
  readonly editedSql?: string;
  /** For how much more than one execution it shall stand. */
  readonly grant?: ApprovalGrant;
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
    inPlaceOf: text,
    breakGlass: flag,
    editedSql: text,
    grant: record(['scope'], {
      scope: oneOf('exact', 'shape'),
      uses: count,
      until: time,
      session: flag,
      bytes: count,
      rows: count,
    }),
    proof: {
      type: 'object',
      required: ['kind'],
      properties: { kind: text },
      additionalProperties: { type: ['string', 'number'] },
    },
    transition: digest,
  },
};

export interface ApprovalGrant {
  readonly scope: 'exact' | 'shape';
  readonly uses?: number | undefined;
  readonly until?: string | undefined;
  readonly session?: true | undefined;
  readonly bytes?: number | undefined;
  readonly rows?: number | undefined;
}

export interface ApprovalEscalated {
  readonly approval: string;
  readonly requestHash: string;
  readonly approvers: readonly string[];
  readonly transition?: string;
}

export const approvalEscalated: EventDefinition<ApprovalEscalated> = {
  version: 1,
  summary: 'Nobody has decided for a while, and further people are asked.',
  required: ['approval', 'requestHash', 'approvers'],
  properties: { approval: text, requestHash: digest, approvers: listOf(text), transition: digest },
};

export interface ApprovalConsumed {
  readonly approval: string;
  readonly requestHash: string;
  /** The call that runs, or the request that replaces one that was edited. */
  readonly by?: string;
  /** Who approved. */
  readonly people?: readonly string[];
  /** True: one person alone let it run in an emergency. */
  readonly breakGlass?: true;
  /** The grant that was used, in words. */
  readonly grant?: string;
  readonly transition?: string;
}

export const approvalConsumed: EventDefinition<ApprovalConsumed> = {
  version: 1,
  summary: 'The approval, or one use of its grant, is spent on this one execution.',
  required: ['approval', 'requestHash'],
  properties: {
    approval: text,
    requestHash: digest,
    by: text,
    people: listOf(text),
    breakGlass: flag,
    grant: text,
    transition: digest,
  },
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
  /** `interrupted`: it was spent already, and the job that ran on it is cancelled. */
  readonly state: 'cancelled' | 'revoked' | 'interrupted';
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
    state: oneOf('cancelled', 'revoked', 'interrupted'),
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

export interface ApprovalStopped {
  /** `principal:…` or `session:…` */
  readonly subject: string;
  readonly state: 'stopped' | 'released';
  readonly by: string;
  readonly reason: string;
}

export const approvalStopped: EventDefinition<ApprovalStopped> = {
  version: 1,
  summary: 'Somebody stopped everything of a principal or a session, or let it go on.',
  required: ['subject', 'state', 'by', 'reason'],
  properties: { subject: text, state: oneOf('stopped', 'released'), by: text, reason: text },
};
