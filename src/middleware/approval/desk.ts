import type { Context } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import * as events from './approval-event.ts';
import type { ApprovalEvent, RecordApproval } from './approval-event.ts';
import type { ApprovalRecord, Requester, Vote } from './approval-record.ts';
import { entitlementOf } from './entitlement.ts';
import type { KnownPerson } from './people.ts';
import { isOpen } from './memory-approvals.ts';
import type { ReportProgress } from './progress.ts';
import { turnOf } from './stages.ts';
import type { ApprovalStore } from './store.ts';
import {
  cancel,
  castVote,
  consume,
  escalate,
  expire,
  note,
  revoke,
  supersede,
  type Outcome,
  type Refusal,
} from './transition.ts';

export interface DeskOptions {
  readonly store: ApprovalStore;
  readonly people: readonly KnownPerson[];
  readonly record: RecordApproval;
  readonly now: () => Date;
  readonly maximumPending: number;
  readonly report: ReportProgress;
  /** Tells those whose turn it is now; the text names what is new. */
  readonly ask: (record: ApprovalRecord, round: string) => void;
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
      await this.#refuseFlood(fresh.requester);
      if (await this.#insert(fresh, context)) return { record: fresh, opened: true };
    }
    throw stuck(fresh);
  }

  /** Refuses a principal that has too many requests pending, unless it asks about one of them. */
  async refuseFlood(requestHash: string, requester: Requester): Promise<void> {
    if ((await this.#openOne(requestHash)) === undefined) await this.#refuseFlood(requester);
  }

  /** Whether a call of this process has asked for it. */
  hasAsked(id: string): boolean {
    return this.#contexts.has(id);
  }

  /** The record as of now: one that is past its time expires by being looked at. */
  async read(id: string): Promise<ApprovalRecord | undefined> {
    const outcome = await this.#change(id, (record) => ({ kind: 'unchanged', record }));
    return outcome?.record;
  }

  /** Counts a vote. It is written down before it counts. */
  async decide({ id, requestHash, person, vote }: PersonalVote): Promise<DecideAnswer> {
    const { people } = this.#options;
    const judge = (record: ApprovalRecord): Outcome => {
      if (requestHash !== record.requestHash)
        return { kind: 'refused', record, reason: 'action_digest_mismatch' };
      const circle = { people, now: new Date(vote.at) };
      const { verdict, breakGlass } = vote;
      const known = entitlementOf(record, person, { verdict, breakGlass }, circle);
      if (known.kind === 'refused') return { kind: 'refused', record, reason: known.reason };
      const { inPlaceOf } = known;
      return castVote(record, inPlaceOf === undefined ? vote : { ...vote, inPlaceOf });
    };
    const outcome = await this.#change(id, judge, (record) => this.write(events.decided(record), record.id));
    if (outcome?.kind === 'changed') this.#follow(outcome.record);
    return answerOf(outcome);
  }

  /** The next group is asked, and an emergency is told to everybody. */
  #follow(record: ApprovalRecord): void {
    const { ask, report } = this.#options;
    const vote = record.votes.at(-1);
    if (vote?.breakGlass === true) {
      report({
        type: 'approval.emergency',
        id: record.id,
        person: vote.person,
        comment: vote.comment ?? '',
      });
      ask(record, 'emergency');
    }
    const turn = turnOf(record);
    const isNext = turn !== turnOf({ ...record, votes: record.votes.slice(0, -1) });
    if (record.state === 'pending' && isNext) ask(record, `group${turn + 1}`);
  }

  async listOpen(): Promise<readonly ApprovalRecord[]> {
    const open = await this.#options.store.listOpen();
    const now = await Promise.all(open.map(async ({ id }) => this.read(id)));
    return now.flatMap((record) => (record !== undefined && isOpen(record) ? [record] : []));
  }

  /** Spends the approval, or one use of a grant, exactly once whoever else tries. */
  async consume(
    id: string,
    keys: readonly string[],
    callId: string,
    context: Context,
  ): Promise<Outcome | undefined> {
    const now = this.#options.now();
    const outcome = await this.#change(id, (record) => consume(record, keys, callId, now));
    return this.#conclude(outcome, (record) => events.consumed(record, callId), context);
  }

  /** Ends an approval that was given with an edit, for the request that came of it. */
  async supersede(id: string, by: string, context: Context): Promise<Outcome | undefined> {
    const now = this.#options.now();
    const outcome = await this.#change(id, (record) => supersede(record, by, now));
    return this.#conclude(outcome, (record) => events.consumed(record, by), context);
  }

  /** Writes down that the job of a spent approval is cancelled. */
  async interrupt(record: ApprovalRecord, by: string, reason: string): Promise<void> {
    await this.write(events.interrupted(record, by, reason), record.id);
  }

  /** Asks further people when it is time to, and nobody has done it. */
  async escalate(id: string): Promise<void> {
    const { report, ask } = this.#options;
    const now = this.#options.now();
    const outcome = await this.#change(
      id,
      (record) => escalate(record, now),
      (record) => this.write(events.escalated(record), id),
    );
    if (outcome?.kind !== 'changed') return;
    const { record } = outcome;
    report({ type: 'approval.escalated', id, approvers: record.requirement.escalation?.approvers ?? [] });
    ask(record, 'escalated');
  }

  /** Notes something that changes no state. */
  async note(id: string, noted: Parameters<typeof note>[1]): Promise<void> {
    await this.#change(id, (record) => note(record, noted));
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
    return record !== undefined && isOpen(record) ? record : undefined;
  }

  async #refuseFlood(requester: Requester): Promise<void> {
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
  /** On record before anybody can find it, and so decide on it. False when another process was first. */
  async #insert(fresh: ApprovalRecord, context: Context): Promise<boolean> {
    await this.write(events.requested(fresh), undefined, context);
    this.#contexts.set(fresh.id, context);
    const stored = await this.#options.store.insert(fresh).catch((error: unknown) => {
      this.#contexts.delete(fresh.id);
      throw error;
    });
    if (stored.id === fresh.id) return true;
    this.#contexts.delete(fresh.id);
    const { record } = cancel(fresh, 'guard', 'already asked', this.#options.now());
    await this.write(events.withdrawn(record), undefined, context);
    return false;
  }

  async #conclude(
    outcome: Outcome | undefined,
    event: (record: ApprovalRecord) => ApprovalEvent,
    context?: Context,
  ): Promise<Outcome | undefined> {
    if (outcome?.kind !== 'changed') return outcome;
    await this.write(event(outcome.record), outcome.record.id, context);
    if (!isOpen(outcome.record)) this.#contexts.delete(outcome.record.id);
    return outcome;
  }

  /** Compare-and-set until it holds: whoever was faster has changed the record, so it is judged anew. */
  async #change(
    id: string,
    change: (record: ApprovalRecord) => Outcome,
    before: (record: ApprovalRecord) => Promise<void> = async () => undefined,
  ): Promise<Outcome | undefined> {
    const { store, now } = this.#options;
    let stored = await store.get(id);
    for (let attempt = 0; stored !== undefined && attempt < maximumAttempts; attempt += 1) {
      const late = expire(stored, now());
      const outcome = late.kind === 'changed' ? late : change(stored);
      if (outcome.kind !== 'changed') return outcome;
      if (outcome !== late) await before(outcome.record);
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
