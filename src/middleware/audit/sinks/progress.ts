interface Waiting {
  readonly upTo: number;
  readonly done: () => void;
  readonly fail: (why: Error) => void;
}

/** How often news of the record came, how much of that a sink has seen to, and who waits for it. */
export class Progress {
  #told = 0;
  #reached = -1;
  #waiting: readonly Waiting[] = [];
  #wake: (() => void) | undefined;

  get told(): number {
    return this.#told;
  }

  tell(): void {
    this.#told += 1;
    this.#wake?.();
  }

  /** Resolves at the next news, or at once when there was some since `told`. */
  async news(told: number, signal: AbortSignal): Promise<void> {
    if (this.#told !== told || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#wake = undefined;
  }

  /** Everything that the first `told` news were about is seen to. */
  reach(told: number): void {
    this.#reached = told;
    const [done, others] = [this.#waiting.filter(isDone), this.#waiting.filter((each) => !isDone(each))];
    this.#waiting = others;
    for (const each of done) each.done();

    function isDone({ upTo }: Waiting): boolean {
      return upTo <= told;
    }
  }

  /** Resolves when all that was told until now is seen to. */
  wait(): Promise<void> {
    const upTo = this.#told;
    if (this.#reached >= upTo) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { upTo, done: resolve, fail: reject }];
    });
  }

  fail(why: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.fail(why);
  }
}
