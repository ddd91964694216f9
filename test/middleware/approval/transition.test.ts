import { describe, expect, it } from 'vitest';
import type {
  ApprovalRecord,
  ApprovalState,
  Vote,
} from '../../../src/middleware/approval/approval-record.ts';
import { digest } from '../../../src/middleware/approval/request-hash.ts';
import {
  cancel,
  castVote,
  consume,
  expire,
  hasExpired,
  revoke,
  type Outcome,
} from '../../../src/middleware/approval/transition.ts';
import { someRecord } from './some-record.ts';

const now = new Date(1000);
const states = ['pending', 'approved', 'rejected', 'expired', 'cancelled', 'consumed', 'revoked'] as const;

function vote(verdict: 'approve' | 'reject', person = 'ana@acme.io', messageId = 'one'): Vote {
  const proof = {
    kind: 'signature',
    messageId,
    timestamp: 1,
    signature: 's',
    key: 'k',
    body: verdict,
  } as const;
  return { person, verdict, at: now.toISOString(), proof };
}

const { requirement } = someRecord();
const twoNeeded = someRecord({ requirement: { ...requirement, quorum: 2 } });

/** What becomes of a record in each state. */
function matrix(step: (record: ApprovalRecord) => Outcome): Record<string, string> {
  return Object.fromEntries(
    states.map((state) => {
      const outcome = step(someRecord({ state }));
      return [state, outcome.kind === 'changed' ? outcome.record.state : told(outcome)];
    }),
  );
}

function told(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused: ${outcome.reason}` : outcome.kind;
}

function moved(result: Record<string, string>, to: ApprovalState): string[] {
  return states.filter((state) => state !== to && result[state] === to);
}

describe('the state machine', () => {
  it('counts an approval only while the request is pending', () => {
    expect(matrix((record) => castVote(record, vote('approve')))).toEqual({
      pending: 'approved',
      approved: 'unchanged',
      rejected: 'refused: conflicting_decision',
      expired: 'refused: expired',
      cancelled: 'refused: cancelled',
      consumed: 'refused: already_consumed',
      revoked: 'refused: revoked',
    });
  });

  it('counts a rejection only while the request is pending', () => {
    expect(matrix((record) => castVote(record, vote('reject')))).toEqual({
      pending: 'rejected',
      approved: 'refused: conflicting_decision',
      rejected: 'unchanged',
      expired: 'refused: expired',
      cancelled: 'refused: cancelled',
      consumed: 'refused: already_consumed',
      revoked: 'refused: revoked',
    });
  });

  it('consumes only what is approved', () => {
    expect(matrix((record) => consume(record, [record.requestHash], 'call', now))).toEqual({
      pending: 'refused: no_resolution',
      approved: 'consumed',
      rejected: 'refused: not_terminal_allow',
      expired: 'refused: expired',
      cancelled: 'refused: cancelled',
      consumed: 'refused: already_consumed',
      revoked: 'refused: revoked',
    });
  });

  it('consumes for the approved hash alone', () => {
    const outcome = consume(someRecord({ state: 'approved' }), ['b'.repeat(64)], 'call', now);
    expect(told(outcome)).toBe('refused: action_digest_mismatch');
  });

  it('cancels only what is pending and revokes only what is approved', () => {
    const cancelled = matrix((record) => cancel(record, 'ana', 'why', now));
    const revoked = matrix((record) => revoke(record, 'ana', 'why', now));
    expect([moved(cancelled, 'cancelled'), moved(revoked, 'revoked')]).toEqual([['pending'], ['approved']]);
  });

  it('expires what is open in the very millisecond of its expiry', () => {
    const expiry = new Date(60_000);
    expect(matrix((record) => expire(record, expiry))).toEqual({
      pending: 'expired',
      approved: 'expired',
      rejected: 'unchanged',
      expired: 'unchanged',
      cancelled: 'unchanged',
      consumed: 'unchanged',
      revoked: 'unchanged',
    });
    expect(hasExpired(someRecord(), new Date(59_999))).toBe(false);
  });

  it('waits for as many distinct people as the quorum says, and ends with one rejection', () => {
    const first = castVote(twoNeeded, vote('approve')).record;
    expect([first.state, first.votes.length]).toEqual(['pending', 1]);
    expect(told(castVote(first, vote('approve', 'ana@acme.io', 'two')))).toBe('unchanged');
    expect(castVote(first, vote('approve', 'ben@acme.io', 'two')).record.state).toBe('approved');
    expect(castVote(first, vote('reject', 'ben@acme.io', 'two')).record.state).toBe('rejected');
  });

  it('does not let a person take a vote back', () => {
    const first = castVote(twoNeeded, vote('approve')).record;
    expect(told(castVote(first, vote('reject', 'ana@acme.io', 'two')))).toBe('refused: conflicting_decision');
  });

  it('knows the very same message again even after the approval was spent', () => {
    const approved = castVote(someRecord(), vote('approve')).record;
    const spent = consume(approved, [approved.requestHash], 'call', now).record;
    expect(told(castVote(spent, vote('approve')))).toBe('unchanged');
    expect(told(castVote(spent, vote('approve', 'ana@acme.io', 'two')))).toBe('refused: already_consumed');
  });

  it('links every step by hash to the one before and to the request', () => {
    const approved = castVote(someRecord(), vote('approve')).record;
    const spent = consume(approved, [approved.requestHash], 'call', now).record;
    const [first, second] = spent.transitions;
    const at = now.toISOString();
    const step = { from: 'pending', to: 'approved', at, by: 'ana@acme.io', reason: 'approve' } as const;
    const hash = digest({ previous: spent.requestHash, vote: digest(vote('approve')), ...step });
    expect(first).toEqual({ ...step, hash });
    const next = { from: 'approved', to: 'consumed', at, by: 'call' } as const;
    expect(second).toEqual({ ...next, hash: digest({ previous: hash, vote: null, ...next }) });
  });
});
