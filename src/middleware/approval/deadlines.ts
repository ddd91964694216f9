/** Milliseconds between two looks: how late a deadline may fire. */
const tick = 100;

/** Any number of deadlines on one timer, which runs only while there are some. */
export class Deadlines {
  readonly #slots = new Map<number, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #cursor = 0;
  readonly #keepsAlive: boolean;

  /** Without `keepsAlive` the process may end before the deadlines. */
  constructor(keepsAlive: boolean) {
    this.#keepsAlive = keepsAlive;
  }

  /** Calls back once, `delay` milliseconds from now or a little later. Returns how to stop that. */
  add(delay: number, callback: () => void): () => void {
    const now = slotOf(performance.now());
    if (this.#timer === undefined) this.#start(now);
    const slot = slotOf(performance.now() + Math.max(0, delay)) + 1;
    const waiting = this.#slots.get(slot) ?? new Set();
    this.#slots.set(slot, waiting.add(callback));
    return () => {
      waiting.delete(callback);
      if (waiting.size === 0 && this.#slots.get(slot) === waiting) this.#slots.delete(slot);
      this.#stopIfIdle();
    };
  }

  clear(): void {
    this.#slots.clear();
    this.#stopIfIdle();
  }

  #start(now: number): void {
    this.#cursor = now;
    this.#timer = setInterval(() => this.#fire(), tick);
    if (!this.#keepsAlive) this.#timer.unref();
  }

  #fire(): void {
    const now = slotOf(performance.now());
    for (; this.#cursor <= now; this.#cursor += 1) {
      const due = this.#slots.get(this.#cursor);
      this.#slots.delete(this.#cursor);
      for (const callback of due ?? []) callback();
    }
    this.#stopIfIdle();
  }

  #stopIfIdle(): void {
    if (this.#slots.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function slotOf(milliseconds: number): number {
  return Math.floor(milliseconds / tick);
}
