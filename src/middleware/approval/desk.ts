import type { Context } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import * as events from './approval-event.ts';
import type { ApprovalEvent, RecordApproval } from './approval-event.ts';
import type { ApprovalRecord, Vote } from './approval-record.ts';
import { whyNotEntitled } from './entitlement.ts';
import type { KnownPerson } from './people.ts';
import type { ApprovalStore } from './store.ts';
import { cancel, castVote, consume, expire, revoke, type Outcome, type Refusal } from './transition.ts';

export interface DeskOptions {
  readonly store: ApprovalStore;
  readonly record: RecordApproval;
  readonly now: () => Date;
  readonly maximumPending: number;
}

export type DecideAnswer =
  | { readonly kind: 'accepted'; readonly duplicate: boolean; readonly record: ApprovalRecord }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly record: ApprovalRecord | undefined };

export interface PersonalVote {
  readonly id: string;
  readonly requestHash: string;
  readonly person: KnownPerson;
  readonly vote: Vote;
}

/** Where approvals change: each change is one compare-and-set, and nothing follows from it before it is recorded. */
export class Desk {
  readonly #options: DeskOptions;
  /** The contexts of calls that asked, while their approval is open; events join their records. */
  readonly #contexts = new Map<string, Context>();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Stores the request, or finds the open one of the same content. */
  async open(
    fresh: ApprovalRecord,
    context: Context,
  ): Promise<{ readonly record: ApprovalRecord; readonly opened: boolean }> {
    for (let attempt = 0; attempt < maximumAttempts; attempt += 1) {
      const standing = await this.#openOne(fresh.requestHash);
      if (standing !== undefined) return { record: standing, opened: false };
      await this.#refuseFlood(fresh);
      const record = await this.#options.store.insert(fresh);
      if (record.id !== fresh.id) continue;
      this.#contexts.set(record.id, context);
      await this.#announce(record);
      return { record, opened: true };
    }
    throw stuck(fresh);
  }

  /** The record as of now: one that is past its time expires by being looked at. */
  async read(id: string): Promise<ApprovalRecord | undefined> {
    const outcome = await this.#change(id, (record) => ({ kind: 'unchanged', record }));
    return outcome?.record;
  }

  async decide({ id, requestHash, person, vote }: PersonalVote): Promise<DecideAnswer> {
    const record = await this.read(id);
    if (record === undefined) return { kind: 'refused', reason: 'unknown_request', record };
    const reason =
      requestHash === record.requestHash ? whyNotEntitled(record, person) : 'action_digest_mismatch';
    if (reason !== undefined) return { kind: 'refused', reason, record };
    const foreseen = castVote(record, vote);
    if (foreseen.kind === 'changed') await this.write(events.decided(foreseen.record, vote), id);
    return answerOf(await this.#change(id, (current) => castVote(current, vote)));
  }

  /** Spends the approval, exactly once whoever else tries. */
  async consume(
    id: string,
    requestHash: string,
    callId: string,
    context: Context,
  ): Promise<Outcome | undefined> {
    const now = this.#options.now();
    const outcome = await this.#change(id, (record) => consume(record, requestHash, callId, now));
    return this.#conclude(outcome, events.consumed, context);
  }

  async cancel(id: string, by: string, reason: string): Promise<Outcome | undefined> {
    const now = this.#options.now();
    const outcome = await this.#change(id, (record) => cancel(record, by, reason, now));
    return this.#conclude(outcome, events.withdrawn);
  }

  async revoke(id: string, by: string, reason: string): Promise<Outcome | undefined> {
    const now = this.#options.now();
    const outcome = await this.#change(id, (record) => revoke(record, by, reason, now));
    return this.#conclude(outcome, events.withdrawn);
  }

  async write(event: ApprovalEvent, id: string | undefined, context?: Context): Promise<void> {
    await this.#options.record(event, context ?? (id === undefined ? undefined : this.#contexts.get(id)));
  }

  async #openOne(requestHash: string): Promise<ApprovalRecord | undefined> {
    const found = await this.#options.store.findOpen(requestHash);
    const record = found === undefined ? undefined : await this.read(found.id);
    return record?.state === 'pending' || record?.state === 'approved' ? record : undefined;
  }

  async #refuseFlood({ requester }: ApprovalRecord): Promise<void> {
    const { store, maximumPending } = this.#options;
    if ((await store.countPending(requester.principal)) < maximumPending) return;
    throw new GuardError(
      'ERR_LIMIT_EXCEEDED',
      `${requester.principal} already waits for ${maximumPending} approvals. Wait until some are decided.`,
      {
        callId: requester.callId,
        reasons: [{ rule: 'approval.maximumPending', message: 'too many pending' }],
      },
    );
  }

  /** What cannot be written down is not asked. */
  async #announce(record: ApprovalRecord): Promise<void> {
    try {
      await this.write(events.requested(record), record.id);
    } catch (error) {
      const now = this.#options.now();
      await this.#change(record.id, (current) => cancel(current, 'guard', 'not recorded', now));
      this.#contexts.delete(record.id);
      throw error;
    }
  }

  async #conclude(
    outcome: Outcome | undefined,
    event: (record: ApprovalRecord) => ApprovalEvent,
    context?: Context,
  ): Promise<Outcome | undefined> {
    if (outcome?.kind !== 'changed') return outcome;
    await this.write(event(outcome.record), outcome.record.id, context);
    this.#contexts.delete(outcome.record.id);
    return outcome;
  }

  /** Compare-and-set until it holds: whoever was faster has changed the record, so it is judged anew. */
  async #change(id: string, change: (record: ApprovalRecord) => Outcome): Promise<Outcome | undefined> {
    const { store, now } = this.#options;
    let stored = await store.get(id);
    for (let attempt = 0; stored !== undefined && attempt < maximumAttempts; attempt += 1) {
      const late = expire(stored, now());
      const outcome = late.kind === 'changed' ? late : change(stored);
      if (outcome.kind !== 'changed') return outcome;
      const held = await store.replace(outcome.record);
      if (held && outcome !== late) return outcome;
      if (held) await this.#conclude(outcome, events.expired);
      stored = await store.get(id);
    }
    if (stored !== undefined) throw stuck(stored);
    return undefined;
  }
}

/** So many others cannot have been faster: the store does not do what it must. */
const maximumAttempts = 10_000;

function stuck({ requester }: ApprovalRecord): GuardError {
  return new GuardError(
    'ERR_INTERNAL',
    'The store of approvals takes no change. The call was refused and nothing was sent.',
    { callId: requester.callId, reasons: [{ rule: 'approval', message: 'internal_error' }] },
  );
}

function answerOf(outcome: Outcome | undefined): DecideAnswer {
  if (outcome === undefined) return { kind: 'refused', reason: 'unknown_request', record: undefined };
  const { record } = outcome;
  if (outcome.kind === 'refused') return { kind: 'refused', reason: outcome.reason, record };
  return { kind: 'accepted', duplicate: outcome.kind === 'unchanged', record };
}
