/** Milliseconds that a catalog has for all its answers. */
export const defaultCatalogTimeout = 30_000;

/** How long one waits for others: until the signal aborts or the time is over. */
export interface Patience {
  wait<Result>(promise: Promise<Result>): Promise<Result>;
  /** Stops the clock. */
  end(): void;
}

export function patience(signal: AbortSignal | undefined, milliseconds: number): Patience {
  signal?.throwIfAborted();
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const abort = (): void => over.reject(signal?.reason);
  const timer = setTimeout(() => over.reject(timeoutError()), milliseconds);
  signal?.addEventListener('abort', abort, { once: true });
  return {
    wait: (promise) => Promise.race([promise, over.promise]),
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Work that never ends would hold all who wait for it, so it is given up, heed it the signal or not. */
export async function withinTime<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const waiting = patience(undefined, milliseconds);
  try {
    return await waiting.wait(work(controller.signal));
  } finally {
    waiting.end();
    controller.abort();
  }
}

export function timeoutError(): DOMException {
  return new DOMException('The time for an answer is over.', 'TimeoutError');
}

export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
