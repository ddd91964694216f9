import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { ApprovalChannel, ChannelWay } from './channel.ts';
import { decideByChannel } from './decide-by-channel.ts';
import { findPerson, whyNotEntitled } from './entitlement.ts';
import type { ApprovalProgress } from './progress.ts';

/** The attempt to tell the approvers of one request by all channels that reach one of them; one that succeeds is enough. */
export class Delivery {
  /** Settles, never rejects, when one channel has delivered or none can. */
  readonly done: Promise<void>;
  readonly #record: ApprovalRecord;
  readonly #parts: ApprovalParts;
  readonly #stopped = new AbortController();
  #told = false;
  #fault: unknown;
  #failure: { readonly cause: unknown; readonly message: string } | undefined;

  constructor(record: ApprovalRecord, parts: ApprovalParts) {
    this.#record = record;
    this.#parts = parts;
    this.done = this.#deliver();
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
    this.#stopped.abort();
  }

  async #deliver(): Promise<void> {
    try {
      await Promise.any(this.#channels().map(async (channel) => this.#notify(channel)));
    } catch (error) {
      const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
      if (this.#stopped.signal.aborted) return;
      this.#failure = { cause, message: cause instanceof Error ? cause.message : 'the channel failed' };
      await this.#giveUp();
    }
  }

  #channels(): readonly ApprovalChannel[] {
    const { options, people } = this.#parts;
    const mayDecide = (id: string): boolean =>
      whyNotEntitled(this.#record, findPerson(people, id)) === undefined;
    const found = options.channels.filter((channel) => channel.people?.some(mayDecide) ?? true);
    if (found.length === 0) throw new Error('no channel tells anybody who may decide');
    return found;
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

  async #notify(channel: ApprovalChannel): Promise<void> {
    const { id, notice } = this.#record;
    const { report } = this.#parts;
    const way: ChannelWay = {
      signal: this.#stopped.signal,
      report: (progress) => this.#report(progress),
      decide: async (decision) => {
        const answer = await decideByChannel(channel.name, this.#record, decision, this.#parts);
        const { person, verdict } = decision;
        if (answer.kind === 'accepted') report({ type: 'approval.voted', id, person, verdict });
        return answer;
      },
    };
    await channel.notify(notice, way);
    this.#told = true;
    report({ type: 'approval.notified', id, channel: channel.name });
  }

  #report(progress: ApprovalProgress): void {
    if (progress.type === 'approval.delivery.failed') {
      this.#failure = { cause: undefined, message: `${progress.channel} ${progress.message}` };
    }
    this.#parts.report(progress);
  }
}
