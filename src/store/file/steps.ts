/** Reads, or writes as well: a batch that only reads needs no lock. */
export type StepKind = 'read' | 'write';

/** Loads the state, runs the steps on it and, where one writes, keeps what they did, all at once. */
export type RunTogether<State> = (run: (state: State) => void, kind: StepKind) => Promise<void>;

interface Step<State> {
  readonly kind: StepKind;
  readonly run: (state: State) => void;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Steps on one file, in order; all that wait are done under one lock and one writing. */
export class Steps<State> {
  readonly #together: RunTogether<State>;
  #waiting: Step<State>[] = [];
  #working: Promise<void> | undefined;

  constructor(together: RunTogether<State>) {
    this.#together = together;
  }

  add<T>(kind: StepKind, work: (state: State) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let outcome: { readonly value: T } | { readonly error: unknown };
      this.#waiting.push({
        kind,
        run: (state) => {
          try {
            outcome = { value: work(state) };
          } catch (error) {
            outcome = { error };
          }
        },
        done: () => ('value' in outcome ? resolve(outcome.value) : reject(outcome.error)),
        fail: reject,
      });
      this.#working ??= this.#work();
    });
  }

  async end(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const steps = this.#waiting;
      this.#waiting = [];
      const kind = steps.some((step) => step.kind === 'write') ? 'write' : 'read';
      try {
        await this.#together((state) => steps.forEach((step) => step.run(state)), kind);
        for (const step of steps) step.done();
      } catch (error) {
        for (const step of steps) step.fail(error);
      }
    }
    this.#working = undefined;
  }
}
