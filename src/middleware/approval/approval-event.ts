import type { Context } from '../../call/context.ts';
import type { NewEvent } from '../audit/event.ts';
import type { ApprovalRecord, Vote, VoteProof } from './approval-record.ts';
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
  const { approvers, quorum, expiresAt, notice } = record;
  const { reasons } = notice;
  const noticeDigest = digest(notice);
  return {
    type: 'approval.requested',
    data: { ...about(record), approvers, quorum, expiresAt, reasons, noticeDigest },
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

/** One person's vote, and what the state is with it. */
export function decided(record: ApprovalRecord, { person, verdict, comment, proof }: Vote): ApprovalEvent {
  const told = comment === undefined ? {} : { comment };
  const { state } = record;
  return {
    type: 'approval.decided',
    data: { ...about(record), person, verdict, state, ...told, proof: plainProof(proof) },
  };
}

export function consumed(record: ApprovalRecord): ApprovalEvent {
  return { type: 'approval.consumed', data: about(record) };
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
