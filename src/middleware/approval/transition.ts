import type { ApprovalRecord, ApprovalState, Transition, Vote } from './approval-record.ts';
import { digest } from './request-hash.ts';

/** Why something asked of an approval is refused; part of the answer to a callback and of audit events. */
export type Refusal =
  | 'unknown_request'
  | 'no_resolution'
  | 'not_terminal_allow'
  | 'expired'
  | 'cancelled'
  | 'revoked'
  | 'already_consumed'
  | 'conflicting_decision'
  | 'action_digest_mismatch'
  | 'self_approval'
  | 'not_entitled';

export type Outcome =
  | { readonly kind: 'changed'; readonly record: ApprovalRecord }
  | { readonly kind: 'unchanged'; readonly record: ApprovalRecord }
  | { readonly kind: 'refused'; readonly record: ApprovalRecord; readonly reason: Refusal };

/** An approval is dead at `expiresAt`, to the millisecond; what arrives then is too late. */
export function hasExpired(record: ApprovalRecord, now: Date): boolean {
  return isOpen(record) && now.getTime() >= Date.parse(record.expiresAt);
}

export function expire(record: ApprovalRecord, now: Date): Outcome {
  if (!hasExpired(record, now)) return { kind: 'unchanged', record };
  return changed(record, 'expired', { at: now.toISOString() });
}

/** Adds one person's vote. The same vote again changes nothing; another verdict is a conflict. */
export function castVote(record: ApprovalRecord, vote: Vote): Outcome {
  const earlier = record.votes.find((each) => each.person === vote.person);
  if (earlier !== undefined && isRedelivery(earlier, vote)) return { kind: 'unchanged', record };
  const final = finalRefusal(record.state);
  if (final !== undefined) return { kind: 'refused', record, reason: final };
  if (earlier !== undefined) return repeat(record, earlier.verdict === vote.verdict);
  if (record.state !== 'pending')
    return repeat(record, (record.state === 'approved') === (vote.verdict === 'approve'));
  const votes = [...record.votes, vote];
  return changed({ ...record, votes }, stateAfter(record, votes), {
    at: vote.at,
    by: vote.person,
    reason: vote.verdict,
    vote: digest(vote),
  });
}

/** Spends the approval on one execution of exactly what was approved. */
export function consume(record: ApprovalRecord, requestHash: string, callId: string, now: Date): Outcome {
  const reason = whyNotConsumable(record, requestHash);
  if (reason !== undefined) return { kind: 'refused', record, reason };
  return changed(record, 'consumed', { at: now.toISOString(), by: callId });
}

/** Withdraws a request that is still pending. */
export function cancel(record: ApprovalRecord, by: string, reason: string, now: Date): Outcome {
  if (record.state === 'cancelled') return { kind: 'unchanged', record };
  if (record.state !== 'pending') return { kind: 'refused', record, reason: refusalOf(record.state) };
  return changed(record, 'cancelled', { at: now.toISOString(), by, reason });
}

/** Takes back an approval that was given and not yet spent. */
export function revoke(record: ApprovalRecord, by: string, reason: string, now: Date): Outcome {
  if (record.state === 'revoked') return { kind: 'unchanged', record };
  if (record.state !== 'approved') return { kind: 'refused', record, reason: refusalOf(record.state) };
  return changed(record, 'revoked', { at: now.toISOString(), by, reason });
}

function isOpen(record: ApprovalRecord): boolean {
  return record.state === 'pending' || record.state === 'approved';
}

function stateAfter(record: ApprovalRecord, votes: readonly Vote[]): ApprovalState {
  if (votes.some((vote) => vote.verdict === 'reject')) return 'rejected';
  return votes.length >= record.quorum ? 'approved' : 'pending';
}

function repeat(record: ApprovalRecord, same: boolean): Outcome {
  if (same) return { kind: 'unchanged', record };
  return { kind: 'refused', record, reason: 'conflicting_decision' };
}

/** The sender did not hear our answer and sent the very same message again. */
function isRedelivery(earlier: Vote, vote: Vote): boolean {
  if (earlier.proof.kind === 'channel' || vote.proof.kind === 'channel') return false;
  return earlier.proof.messageId === vote.proof.messageId && earlier.proof.body === vote.proof.body;
}

function whyNotConsumable(record: ApprovalRecord, requestHash: string): Refusal | undefined {
  if (record.state !== 'approved') return refusalOf(record.state);
  return record.requestHash === requestHash ? undefined : 'action_digest_mismatch';
}

function finalRefusal(state: ApprovalState): Refusal | undefined {
  const undecided = state === 'pending' || state === 'approved' || state === 'rejected';
  return undecided ? undefined : refusalOf(state);
}

function refusalOf(state: ApprovalState): Refusal {
  return refusals[state];
}

const refusals: { readonly [State in ApprovalState]: Refusal } = {
  pending: 'no_resolution',
  approved: 'conflicting_decision',
  rejected: 'not_terminal_allow',
  expired: 'expired',
  cancelled: 'cancelled',
  consumed: 'already_consumed',
  revoked: 'revoked',
};

type Step = Pick<Transition, 'at' | 'by' | 'reason'> & { readonly vote?: string };

function changed(record: ApprovalRecord, to: ApprovalState, step: Step): Outcome {
  const { vote, ...told } = step;
  const previous = record.transitions.at(-1)?.hash ?? record.requestHash;
  const entry = { from: record.state, to, ...told };
  const transition = { ...entry, hash: digest({ previous, vote: vote ?? null, ...entry }) };
  const transitions = [...record.transitions, transition];
  return { kind: 'changed', record: { ...record, state: to, version: record.version + 1, transitions } };
}
