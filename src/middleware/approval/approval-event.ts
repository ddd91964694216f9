import type { Context } from '../../call/context.ts';
import type { NewEvent } from '../audit/event.ts';
import type { ApprovalStopped } from '../audit/events/approval.ts';
import type { ApprovalRecord, Grant, VoteProof } from './approval-record.ts';
import { digest } from './request-hash.ts';
import type { Refusal } from './transition.ts';

/** What is written down of an approval, each before it takes effect. */
export type ApprovalEvent = Extract<NewEvent, { readonly type: `approval.${string}` }>;

/** Why a message to the callback is turned away before it is known which approval it is about. */
export type CallbackRefusal = 'unsigned' | 'late' | 'unknown_key' | 'malformed' | 'replayed' | 'too_large';

/**
 * Makes the event durable, or throws: then what it tells of does not happen. The context is that of the call
 * that asked, if it is still there.
 */
export type RecordApproval = (event: ApprovalEvent, context: Context | undefined) => Promise<void>;

export function requested(record: ApprovalRecord): ApprovalEvent {
  const { requirement, expiresAt, notice, editOf } = record;
  const { reasons } = notice;
  const noticeDigest = digest(notice);
  const { approvers, quorum, next, escalation } = requirement;
  return {
    type: 'approval.requested',
    data: {
      ...about(record),
      approvers,
      quorum,
      ...(next !== undefined && { next }),
      ...(escalation !== undefined && { escalation }),
      ...(editOf !== undefined && { editOf }),
      expiresAt,
      reasons,
      noticeDigest,
    },
  };
}

/** The approvers of the request have been told by this channel. */
export function notified(record: ApprovalRecord, channel: string, attempt: number): ApprovalEvent {
  return { type: 'approval.notified', data: { ...named(record), channel, attempt } };
}

/** An attempt to tell them has failed. */
export function undelivered(
  record: ApprovalRecord,
  channel: string,
  attempt: number,
  outcome: 'failed' | 'given up',
  message: string,
): ApprovalEvent {
  return { type: 'approval.undelivered', data: { ...named(record), channel, attempt, outcome, message } };
}

/** The last vote, and what the state is with it. */
export function decided(record: ApprovalRecord): ApprovalEvent {
  const vote = record.votes.at(-1);
  if (vote === undefined) throw new TypeError('Nobody has voted.');
  const { person, verdict, comment, proof, inPlaceOf, breakGlass, edit, grant } = vote;
  return {
    type: 'approval.decided',
    data: {
      ...about(record),
      person,
      verdict,
      state: record.state,
      ...(comment !== undefined && { comment }),
      ...(inPlaceOf !== undefined && { inPlaceOf }),
      ...(breakGlass !== undefined && { breakGlass }),
      ...(edit !== undefined && { editedSql: edit.sql }),
      ...(grant !== undefined && { grant }),
      proof: plainProof(proof),
    },
  };
}

/** Further people are asked. */
export function escalated(record: ApprovalRecord): ApprovalEvent {
  const { approvers } = record.requirement.escalation ?? record.requirement;
  return { type: 'approval.escalated', data: { ...about(record), approvers } };
}

/** One execution is paid for; `by` is the call, or the request that replaces an edited one. */
export function consumed(record: ApprovalRecord, by: string): ApprovalEvent {
  const { grant, votes } = record;
  const isEmergency = votes.some(({ breakGlass }) => breakGlass === true);
  return {
    type: 'approval.consumed',
    data: {
      ...about(record),
      by,
      people: votes.map(({ person }) => person),
      ...(isEmergency && { breakGlass: true }),
      ...(grant !== undefined && { grant: grantText(grant) }),
    },
  };
}

/** In words, for the record and for everybody who looks at a use of the grant. */
export function grantText({ scope, used, uses, until, session }: Grant): string {
  const count = uses === undefined ? `use ${used}` : `use ${used} of ${uses}`;
  const what = scope === 'exact' ? 'of this request' : 'of queries of this shape';
  return [
    `${count} ${what}`,
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(session === true ? ['in this session'] : []),
  ].join(', ');
}

export function stopped(data: ApprovalStopped): ApprovalEvent {
  return { type: 'approval.stopped', data };
}

/** The job that runs on a spent approval is cancelled. */
export function interrupted(record: ApprovalRecord, by: string, reason: string): ApprovalEvent {
  return { type: 'approval.withdrawn', data: { ...about(record), state: 'interrupted', by, reason } };
}

export function expired(record: ApprovalRecord): ApprovalEvent {
  return { type: 'approval.expired', data: { ...about(record), expiresAt: record.expiresAt } };
}

export function withdrawn(record: ApprovalRecord): ApprovalEvent {
  const { by = 'guard', reason = '' } = record.transitions.at(-1) ?? {};
  const state = record.state === 'revoked' ? 'revoked' : 'cancelled';
  return { type: 'approval.withdrawn', data: { ...about(record), state, by, reason } };
}

export function refused(
  record: ApprovalRecord | undefined,
  reason: Refusal | CallbackRefusal,
  person?: string,
): ApprovalEvent {
  const which = record === undefined ? {} : named(record);
  const who = person === undefined ? {} : { person };
  return { type: 'approval.refused', data: { ...which, ...who, reason } };
}

function plainProof(proof: VoteProof): { readonly kind: string; readonly [name: string]: string | number } {
  return { ...proof };
}

function named({ id, requestHash }: ApprovalRecord): {
  readonly approval: string;
  readonly requestHash: string;
} {
  return { approval: id, requestHash };
}

function about(record: ApprovalRecord): {
  readonly approval: string;
  readonly requestHash: string;
  readonly transition?: string;
} {
  const transition = record.transitions.at(-1)?.hash;
  return { ...named(record), ...(transition === undefined ? {} : { transition }) };
}
