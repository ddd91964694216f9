import { Aborts } from './aborts.ts';
import { Deadlines } from './deadlines.ts';

export interface Wake {
  /** Settles at a change, at the deadline or, by rejecting with its reason, at the abort. */
  readonly woken: Promise<void>;
  /** Ends the wait; must be called in any case. */
  stop(): void;
}

/** The calls of this process that wait, by approval. One timer for all of them. */
export class WaitingCalls {
  readonly #deadlines = new Deadlines(true);
  readonly #aborts = new Aborts();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Register first and look at the record then: a change in between must not be missed. */
  watch(id: string, delay: number, signal: AbortSignal): Wake {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Stopped before anyone waits for it, the rejection would end the process.
    promise.catch(() => {});
    const calls = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, calls.add(resolve));
    const removeDeadline = this.#deadlines.add(delay, resolve);
    const removeAbort = this.#aborts.add(signal, () => reject(signal.reason));
    return {
      woken: promise,
      stop: () => {
        calls.delete(resolve);
        if (calls.size === 0 && this.#waiting.get(id) === calls) this.#waiting.delete(id);
        removeDeadline();
        removeAbort();
      },
    };
  }

  wake(id: string): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
  }

  /** How many calls of this process wait for the approval. */
  count(id: string): number {
    return this.#waiting.get(id)?.size ?? 0;
  }
}
