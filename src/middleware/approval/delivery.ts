import { notified, undelivered } from './approval-event.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { ApprovalChannel, ChannelWay } from './channel.ts';
import { decideByChannel } from './decide-by-channel.ts';
import { findPerson, whyMayNotRead } from './entitlement.ts';
import { noticeNow } from './notice.ts';

/**
 * The attempt to tell the approvers of one request by all channels that reach one of them. One that succeeds
 * is enough for the call to wait; the others go on until the request is settled.
 */
export class Delivery {
  /** Settles, never rejects, when one channel has delivered or none can. */
  readonly done: Promise<void>;
  /** Settles when no channel tries any more. */
  readonly over: Promise<unknown>;
  readonly #record: ApprovalRecord;
  readonly #parts: ApprovalParts;
  #controller: AbortController | undefined;
  #isStopped = false;
  #told = false;
  #fault: unknown;
  #failure: { readonly cause: unknown; readonly message: string } | undefined;

  readonly #round: string | undefined;

  /** `round` names what is told later; if nobody can be told the first time, the request is withdrawn. */
  constructor(record: ApprovalRecord, parts: ApprovalParts, round?: string) {
    this.#record = record;
    this.#parts = parts;
    this.#round = round;
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    const attempts = this.#channels().map(async (channel) => this.#notify(channel, signal));
    this.done = this.#firstOf(attempts);
    // Calls wait for long after that; the signal would be most of what a delivery takes.
    this.over = Promise.allSettled(attempts).then(() => (this.#controller = undefined));
  }

  /** Why nobody has been told, if nobody has. */
  get failure(): { readonly cause: unknown; readonly message: string } | undefined {
    if (this.#told) return undefined;
    return this.#failure ?? { cause: undefined, message: 'no channel has answered in time' };
  }

  /** Why the request could not even be withdrawn. */
  get fault(): unknown {
    return this.#fault;
  }

  stop(): void {
    this.#isStopped = true;
    this.#controller?.abort();
  }

  async #firstOf(attempts: readonly Promise<void>[]): Promise<void> {
    try {
      if (attempts.length === 0) throw new Error('no channel tells anybody who may decide');
      await Promise.any(attempts);
    } catch (error) {
      const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
      if (this.#isStopped) return;
      this.#failure = { cause, message: cause instanceof Error ? cause.message : 'the channel failed' };
      if (this.#round === undefined) await this.#giveUp();
    }
  }

  #channels(): readonly ApprovalChannel[] {
    const { options, people, now } = this.#parts;
    const circle = { people, now: now() };
    const mayDecide = (id: string): boolean =>
      whyMayNotRead(this.#record, findPerson(people, id), circle) === undefined;
    return options.channels.filter((channel) => channel.people?.some(mayDecide) ?? true);
  }

  /** Wakes the calls that wait for it, also those that joined. */
  async #giveUp(): Promise<void> {
    const { desk, waiting } = this.#parts;
    const { id } = this.#record;
    try {
      await desk.cancel(id, 'guard', 'undeliverable');
    } catch (error) {
      this.#fault = error;
      waiting.wake(id);
    }
  }

  /** Each attempt is on record: one that failed soon after, one that succeeded before it counts. */
  async #notify(channel: ApprovalChannel, signal: AbortSignal): Promise<void> {
    const attempts = new Attempts(channel.name, this.#record, this.#parts);
    const way: ChannelWay = {
      signal,
      attemptFailed: (message) => {
        this.#failure = { cause: undefined, message: `${channel.name} ${message}` };
        attempts.failed(message);
      },
      decide: async (decision) => decideByChannel(channel.name, this.#record, decision, this.#parts),
    };
    try {
      const round = this.#round;
      const notice = noticeNow(this.#record);
      await channel.notify(round === undefined ? notice : { ...notice, round }, way);
    } catch (error) {
      if (!this.#isStopped) attempts.givenUp(error);
      throw error;
    }
    await attempts.succeeded();
    const isFirst = !this.#told && this.#round === undefined;
    this.#told = true;
    if (isFirst) await this.#noteTold();
  }

  /** A process that comes after a crash tells people only what they have not been told. */
  async #noteTold(): Promise<void> {
    const { desk, now } = this.#parts;
    await desk.note(this.#record.id, { toldAt: now().toISOString() }).catch(() => undefined);
  }
}

/** The delivery log of one channel and one request. */
class Attempts {
  readonly #channel: string;
  readonly #record: ApprovalRecord;
  readonly #parts: ApprovalParts;
  #count = 1;
  #written: Promise<unknown> = Promise.resolve();

  constructor(channel: string, record: ApprovalRecord, parts: ApprovalParts) {
    this.#channel = channel;
    this.#record = record;
    this.#parts = parts;
  }

  failed(message: string): void {
    this.#note('failed', message);
    this.#count += 1;
  }

  givenUp(error: unknown): void {
    this.#note('given up', error instanceof Error ? error.message : 'the channel failed');
  }

  async succeeded(): Promise<void> {
    const { desk, deliveries, report, now } = this.#parts;
    const { id } = this.#record;
    await this.#written;
    await desk.write(notified(this.#record, this.#channel, this.#count), id);
    const [channel, attempt, at] = [this.#channel, this.#count, now().toISOString()];
    deliveries.log.add({ approval: id, channel, attempt, at, outcome: 'delivered' });
    report({ type: 'approval.notified', id, channel });
  }

  #note(outcome: 'failed' | 'given up', message: string): void {
    const { desk, deliveries, report, now } = this.#parts;
    const { id } = this.#record;
    const [channel, attempt, at] = [this.#channel, this.#count, now().toISOString()];
    deliveries.log.add({ approval: id, channel, attempt, at, outcome, message });
    report({ type: 'approval.delivery.failed', id, channel, attempt, message });
    const event = undelivered(this.#record, channel, attempt, outcome, message);
    this.#written = this.#written.then(async () => desk.write(event, id));
    // Awaited before a success counts; without one nothing is open that it could close.
    this.#written.catch(() => undefined);
  }
}
