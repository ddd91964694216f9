import pRetry from 'p-retry';
import type { Cursor } from './cursor.ts';
import { recordedEvent, sendLot } from './lot.ts';
import { Progress } from './progress.ts';
import type { RecordPlace, RecordSource } from './record-source.ts';
import type { AuditSink, RecordedEvent, RefusedEvent } from './sink.ts';

export interface SinkRunOptions {
  readonly sink: AuditSink;
  readonly source: RecordSource;
  readonly cursor: Cursor;
  /** Bytes that are read and sent at once; 1 MiB. */
  readonly lotBytes?: number | undefined;
  /** Milliseconds that one attempt may take; 30 s. */
  readonly timeout?: number | undefined;
  /** Milliseconds before the second attempt; doubles, with jitter, up to a minute. 500. */
  readonly firstRetry?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

/** How one sink is doing. */
export interface SinkMetrics {
  readonly sink: string;
  /** Events since the start of the process. */
  readonly sent: number;
  readonly refused: number;
  /** Attempts that failed since the last one that did not. */
  readonly failures: number;
  /** `open` after five failures in a row: nobody waits for this sink until an attempt succeeds. */
  readonly breaker: 'closed' | 'open';
  /** Milliseconds since the oldest event that was not sent yet was recorded; 0 when there is none. */
  readonly oldestUnexportedAge: number;
}

const failuresToOpen = 5;

/**
 * Sends the record to one sink, in order and each event at least once. What is not sent yet is in the record's files and
 * nowhere else, so that a sink that is down for a day costs no memory.
 */
export class SinkRun {
  readonly #options: SinkRunOptions;
  readonly #progress: Progress = new Progress();
  readonly #closing: AbortController = new AbortController();
  readonly #unwatch: () => void;
  readonly #running: Promise<void>;
  #place: RecordPlace | undefined;
  #oldest: string | undefined;
  #sent = 0;
  #refused = 0;
  #failures = 0;

  constructor(options: SinkRunOptions) {
    this.#options = options;
    this.#unwatch = options.source.watch(() => this.#progress.tell());
    this.#running = this.#run();
  }

  /** Resolves when everything that is durable now was taken; rejects while the breaker is open. */
  caughtUp(): Promise<void> {
    return this.#isOpen() ? Promise.reject(this.#broken()) : this.#progress.wait();
  }

  metrics(): SinkMetrics {
    const { sink, now = () => new Date() } = this.#options;
    const age = this.#oldest === undefined ? 0 : now().getTime() - Date.parse(this.#oldest);
    return {
      sink: sink.name,
      sent: this.#sent,
      refused: this.#refused,
      failures: this.#failures,
      breaker: this.#isOpen() ? 'open' : 'closed',
      oldestUnexportedAge: Math.max(0, age),
    };
  }

  /** Gives up what is under way; the next run sends it again. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#closing.abort();
    await this.#running;
    this.#progress.fail(new Error(`The sink ${this.#options.sink.name} was closed.`));
    await this.#options.sink.close?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const { told } = this.#progress;
      const more = await this.#step().catch(() => !signal.aborted);
      if (more) continue;
      if (!signal.aborted) this.#progress.reach(told);
      await this.#progress.news(told, signal);
    }
  }

  /** Sends the next lot, again until it was taken; false when there is none. Rejects only when the run is closed. */
  async #step(): Promise<boolean> {
    const { firstRetry = 500 } = this.#options;
    return pRetry(() => this.#attempt(), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstRetry,
      maxTimeout: 60_000,
      randomize: true,
      // What is left when the process ends is sent by the next one.
      unref: true,
      signal: this.#closing.signal,
    });
  }

  async #attempt(): Promise<boolean> {
    try {
      const more = await this.#next();
      this.#failures = 0;
      return more;
    } catch (cause) {
      this.#failures += 1;
      if (this.#isOpen()) this.#progress.fail(this.#broken());
      // p-retry takes a TypeError for a bug of ours; whatever a sink throws is a failed attempt.
      throw new Error(`The sink ${this.#options.sink.name} failed.`, { cause });
    }
  }

  async #next(): Promise<boolean> {
    const { source, cursor, lotBytes = 1024 * 1024 } = this.#options;
    const { chain } = source;
    if (chain === undefined) return false;
    this.#place ??= await cursor.read(chain);
    const portion = await source.read(this.#place, lotBytes);
    if (portion === undefined) this.#oldest = undefined;
    if (portion === undefined) return false;
    const events = portion.lines.map(recordedEvent);
    this.#oldest = events[0]?.event.time;
    const refused = await this.#send(events);
    await cursor.move(chain, portion.next);
    this.#place = portion.next;
    this.#sent += events.length - refused.length;
    this.#refused += refused.length;
    return true;
  }

  /** What is refused for good is put aside before the cursor moves on. */
  async #send(events: readonly RecordedEvent[]): Promise<readonly RefusedEvent[]> {
    const { sink, cursor, timeout = 30_000 } = this.#options;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeout)]);
    const refused = await orAborted(sendLot(sink, events, signal), signal);
    const byId = new Map(events.map((each) => [each.event.id, each]));
    for (const each of refused) {
      const event = byId.get(each.id);
      if (event !== undefined) await cursor.putAside(event, each);
    }
    return refused;
  }

  #isOpen(): boolean {
    return this.#failures >= failuresToOpen;
  }

  #broken(): Error {
    const { name } = this.#options.sink;
    return new Error(`The sink ${name} has failed ${this.#failures} times in a row.`);
  }
}

/** A sink may hang without looking at the signal. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('It took too long.')), { once: true });
    work.then(resolve, reject);
  });
}
