interface Watched {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/**
 * What to do when a signal aborts, with one listener for each signal: thousands of calls may share one, and a signal
 * looks through all its listeners for each that is added.
 */
export class Aborts {
  readonly #watched = new WeakMap<AbortSignal, Watched>();

  /** Calls back once, at once when the signal has aborted already. Returns how to stop that. */
  add(signal: AbortSignal, callback: () => void): () => void {
    if (signal.aborted) {
      callback();
      return () => undefined;
    }
    const { callbacks, listener } = this.#watched.get(signal) ?? this.#watch(signal);
    callbacks.add(callback);
    return () => {
      if (!callbacks.delete(callback) || callbacks.size > 0) return;
      signal.removeEventListener('abort', listener);
      this.#watched.delete(signal);
    };
  }

  #watch(signal: AbortSignal): Watched {
    const callbacks = new Set<() => void>();
    const listener = (): void => {
      for (const callback of callbacks) callback();
    };
    const watched = { callbacks, listener };
    this.#watched.set(signal, watched);
    signal.addEventListener('abort', listener, { once: true });
    return watched;
  }
}
