import { wrapHidden } from './hidden.ts';
import { currentScope, runInScope } from './scope.ts';

let asking: AbortSignal | undefined;

/**
 * The signal of the stream that is asking right now. It is not part of the scope: what listeners of a stream
 * call is theirs and goes on when the stream is closed.
 */
export function askingSignal(): AbortSignal | undefined {
  return asking;
}

/** Lets a stream that reads page by page keep the context of its making, and end its call when it is closed. */
export function keepReadScope(stream: unknown): unknown {
  return keepScope(stream, '_read');
}

/** The same for a stream that sends what is written to it. */
export function keepWriteScope(stream: unknown): unknown {
  return keepScope(stream, '_write');
}

function keepScope(stream: unknown, method: string): unknown {
  if (!isStream(stream)) return stream;
  const scope = currentScope();
  const closing = new AbortController();
  wrapHidden(stream, method, (proceed) => runInScope(scope, () => askWith(closing.signal, proceed)));
  stream.once('close', () => closing.abort());
  return stream;
}

function askWith(signal: AbortSignal, work: () => unknown): unknown {
  const before = asking;
  asking = signal;
  try {
    return work();
  } finally {
    asking = before;
  }
}

/** Upload streams come from another implementation of Node's streams, so `instanceof` does not tell. */
function isStream(value: unknown): value is { once(event: string, listener: () => void): unknown } {
  return typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function';
}
