/** Milliseconds that a catalog has for all its answers. */
export const defaultCatalogTimeout = 30_000;

/** How long one waits for others: until the signal aborts or the time is over. */
export interface Patience {
  wait<Result>(promise: Promise<Result>): Promise<Result>;
  /** Stops the clock. */
  end(): void;
}

/** What is known already takes only microtasks, so the clock starts after them. */
export function patience(signal: AbortSignal | undefined, milliseconds: number): Patience {
  signal?.throwIfAborted();
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  let stop: (() => void) | undefined;
  let isEnded = false;
  process.nextTick(() => {
    if (!isEnded) stop = startClock(signal, milliseconds, over.reject);
  });
  return {
    wait: (promise) => Promise.race([promise, over.promise]),
    end() {
      isEnded = true;
      stop?.();
    },
  };
}

/** Returns what stops it. */
function startClock(
  signal: AbortSignal | undefined,
  milliseconds: number,
  giveUp: (reason: unknown) => void,
): () => void {
  const abort = (): void => giveUp(signal?.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => giveUp(timeoutError()), milliseconds);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
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
