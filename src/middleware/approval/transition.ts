import type { ApprovalRecord, ApprovalState, Transition, Vote } from './approval-record.ts';
import { grantOf, isOffered } from './grant.ts';
import { digest } from './request-hash.ts';
import { stillNeeded } from './stages.ts';

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
  | 'not_entitled'
  /** The person belongs to a group that is asked later. */
  | 'not_their_turn'
  | 'bytes_over_approved'
  | 'comment_required'
  | 'not_editable'
  /** The rule does not let people grant that, or not together. */
  | 'not_offered'
  /** The kill switch is on for the requester or the session. */
  | 'stopped';

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
  const before = record.votes.find((each) => isSamePerson(each, vote));
  const isEmergency = vote.breakGlass === true && before?.breakGlass !== true && before?.verdict !== 'reject';
  const earlier = isEmergency ? undefined : before;
  if (earlier !== undefined && isRedelivery(earlier, vote)) return { kind: 'unchanged', record };
  const final = finalRefusal(record.state);
  if (final !== undefined) return { kind: 'refused', record, reason: final };
  if (earlier !== undefined) return repeat(record, earlier.verdict === vote.verdict);
  if (record.state !== 'pending')
    return repeat(record, (record.state === 'approved') === (vote.verdict === 'approve'));
  const reason = whyNotTaken(record, vote);
  if (reason !== undefined) return { kind: 'refused', record, reason };
  const next = { ...record, votes: [...record.votes, vote] };
  const to = stateAfter(next, vote);
  return changed(to === 'approved' ? granted(next, vote) : next, to, {
    at: vote.at,
    by: vote.person,
    reason: vote.verdict,
    vote: digest(vote),
  });
}

/** Asks further people, once, when nobody has decided for as long as the rule says. */
export function escalate(record: ApprovalRecord, now: Date): Outcome {
  if (!isEscalationDue(record, now)) return { kind: 'unchanged', record };
  const at = now.toISOString();
  return changed({ ...record, escalatedAt: at }, 'pending', { at, reason: 'escalated' });
}

/** When further people are to be asked; `undefined` when never, or when they have been. */
export function escalationTime({
  state,
  requirement: { escalation },
  requestedAt,
  escalatedAt,
}: ApprovalRecord): number | undefined {
  if (state !== 'pending' || escalation === undefined || escalatedAt !== undefined) return undefined;
  return Date.parse(requestedAt) + escalation.afterMs;
}

function isEscalationDue(record: ApprovalRecord, now: Date): boolean {
  const due = escalationTime(record);
  return due !== undefined && now.getTime() >= due;
}

/** Spends the approval, or one use of its grant, on one execution of what was approved. */
export function consume(record: ApprovalRecord, keys: readonly string[], callId: string, now: Date): Outcome {
  const reason = whyNotConsumable(record, keys);
  if (reason !== undefined) return { kind: 'refused', record, reason };
  const step = { at: now.toISOString(), by: callId };
  const { grant } = record;
  if (grant === undefined) return changed(record, 'consumed', step);
  const used = grant.used + 1;
  const isLast = grant.uses !== undefined && used >= grant.uses;
  return changed({ ...record, grant: { ...grant, used } }, isLast ? 'consumed' : 'approved', step);
}

/** Notes something beside the state: that people were told, or which job it was spent on. */
export function note(
  record: ApprovalRecord,
  noted: Pick<ApprovalRecord, 'toldAt'> | Pick<ApprovalRecord, 'job'>,
): Outcome {
  if ('toldAt' in noted && record.state !== 'pending') return { kind: 'unchanged', record };
  return { kind: 'changed', record: { ...record, ...noted, version: record.version + 1 } };
}

/** Ends an approval that was given with an edit: what runs is the request that came of it. */
export function supersede(record: ApprovalRecord, by: string, now: Date): Outcome {
  if (record.state !== 'approved') return { kind: 'refused', record, reason: refusalOf(record.state) };
  return changed(record, 'consumed', { at: now.toISOString(), by, reason: 'edited' });
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

function stateAfter(record: ApprovalRecord, vote: Vote): ApprovalState {
  if (vote.verdict === 'reject') return 'rejected';
  const isDecided = vote.breakGlass === true || vote.edit !== undefined || stillNeeded(record) === 0;
  return isDecided ? 'approved' : 'pending';
}

/** Nobody counts twice: neither who stands in for somebody, nor who has been stood in for. */
function isSamePerson(one: Vote, other: Vote): boolean {
  const ids = [one.person, ...(one.inPlaceOf === undefined ? [] : [one.inPlaceOf])];
  return ids.includes(other.person) || (other.inPlaceOf !== undefined && ids.includes(other.inPlaceOf));
}

/** What is missing in a vote, or goes beyond what the rule lets a person do. */
function whyNotTaken(record: ApprovalRecord, vote: Vote): Refusal | undefined {
  const { requirement, notice } = record;
  const { verdict, comment = '', breakGlass, edit, grant, at } = vote;
  const needsComment = requirement.comment === 'required' || breakGlass === true;
  if (needsComment && comment.trim() === '') return 'comment_required';
  if (edit !== undefined && (verdict !== 'approve' || notice.statement === undefined)) return 'not_editable';
  const extras = [edit, grant, breakGlass].filter((each) => each !== undefined).length;
  if (extras > 1 || (extras === 1 && verdict === 'reject')) return 'not_offered';
  if (grant !== undefined && !isOffered(grant, requirement.grants, record, at)) return 'not_offered';
  return undefined;
}

/** What stands once the last vote is in, and until when. */
function granted(record: ApprovalRecord, last: Vote): ApprovalRecord {
  const { requirement, expiresAt } = record;
  if (last.breakGlass === true) {
    const soon = Date.parse(last.at) + (requirement.breakGlass?.expiresInMs ?? 0);
    return { ...record, expiresAt: sooner(new Date(soon).toISOString(), expiresAt) };
  }
  const grant = last.edit === undefined ? grantOf(record, record.votes) : undefined;
  if (grant === undefined) return record;
  const longest = Date.parse(last.at) + Math.min(requirement.grants?.forMs ?? 0, longestApproval);
  const stands = grant.session === true ? new Date(longest).toISOString() : expiresAt;
  return { ...record, grant, expiresAt: grant.until ?? stands };
}

const sooner = (one: string, other: string): string => (Date.parse(one) < Date.parse(other) ? one : other);

/** No approval stands longer: 14 days. */
export const longestApproval: number = 14 * 86_400_000;

function repeat(record: ApprovalRecord, same: boolean): Outcome {
  if (same) return { kind: 'unchanged', record };
  return { kind: 'refused', record, reason: 'conflicting_decision' };
}

/** The sender did not hear our answer and sent the very same message again. */
function isRedelivery(earlier: Vote, vote: Vote): boolean {
  if (earlier.proof.kind === 'channel' || vote.proof.kind === 'channel') return false;
  return earlier.proof.messageId === vote.proof.messageId && earlier.proof.body === vote.proof.body;
}

function whyNotConsumable(record: ApprovalRecord, keys: readonly string[]): Refusal | undefined {
  if (record.state !== 'approved') return refusalOf(record.state);
  const needed = keyOf(record);
  return needed !== undefined && keys.includes(needed) ? undefined : 'action_digest_mismatch';
}

/** What a call must show to use the approval: the hash of exactly what was asked, or the key of the grant. */
export function keyOf({ requestHash, grant, votes }: ApprovalRecord): string | undefined {
  if (votes.some(({ edit }) => edit !== undefined)) return undefined;
  return grant === undefined ? requestHash : grant.key;
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
