import { GuardError } from '../errors.ts';
import { freezeCall } from './freeze.ts';
import { isPassedOn } from './google-error.ts';
import {
  abortReason,
  isCallLike,
  isError,
  isGoogleError,
  isGuardFailure,
  isResult,
  violation,
} from './guard-rails.ts';
import type { Call } from './call.ts';
import type { Context } from './context.ts';
import type { Middleware, Next } from './middleware.ts';
import type { Result } from './result.ts';

/** Takes a call to its answer: a whole onion, or the transport at its heart. */
export type Handler = (call: Call, context: Context) => Promise<Result>;

/** What the layers of one call share. Once `broken` is set, nothing is sent any more. */
interface Passage {
  readonly layers: readonly Middleware[];
  readonly terminal: Handler;
  readonly context: Context;
  readonly callId: string;
  readonly passing: WeakSet<object>;
  broken: GuardError | undefined;
}

/** The state of one layer's `next`. */
interface Gate {
  pending: boolean;
  closed: boolean;
  failed: boolean;
}

/**
 * Makes one handler of a list of middleware, outermost first, around the transport. Breaking the contract of
 * `Middleware` – `next` twice at once, `next` not awaited, an answer that is no `Result`, an error of its own
 * – refuses the call with `ERR_MIDDLEWARE`, and nothing further is sent.
 */
export function compose(middleware: readonly Middleware[], terminal: Handler): Handler {
  const layers = middleware.map(checkLayer);
  return async (call, context) => {
    const passing = new WeakSet<object>();
    const passage: Passage = { layers, terminal, context, callId: call.id, passing, broken: undefined };
    return enter(passage, 0, freezeCall(call));
  };
}

function checkLayer(layer: unknown, index: number): Middleware {
  if (isMiddleware(layer)) return layer;
  throw new GuardError('ERR_CONFIG', `Item ${index} of the middleware list is no { name, handle } object.`);
}

function isMiddleware(value: unknown): value is Middleware {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('handle' in value)) return false;
  return typeof value.name === 'string' && value.name !== '' && typeof value.handle === 'function';
}

async function enter(passage: Passage, index: number, call: Call): Promise<Result> {
  if (passage.broken !== undefined) throw passage.broken;
  const layer = passage.layers[index];
  return layer === undefined ? send(passage, call) : handle(passage, index, layer, call);
}

/** An async function that returns a promise without waiting settles after three turns of the microtask queue. */
const turnsBeforeSending = 4;

async function send(passage: Passage, call: Call): Promise<Result> {
  // So a layer that calls next twice, or returns without waiting, is caught before anything was sent.
  for (let turn = 0; turn < turnsBeforeSending; turn += 1) await Promise.resolve();
  if (passage.broken !== undefined) throw passage.broken;
  throwIfAborted(passage);
  let result: unknown;
  try {
    result = await passage.terminal(call, passage.context);
  } catch (error) {
    throw letPass(passage, error);
  }
  throwIfAborted(passage);
  if (isResult(result)) return result;
  throw breakOff(passage, 'transport', 'answered something that is no result');
}

async function handle(passage: Passage, index: number, layer: Middleware, call: Call): Promise<Result> {
  const gate: Gate = { pending: false, closed: false, failed: false };
  const next = createNext(passage, index, layer, gate);
  let result: unknown;
  try {
    result = await layer.handle(call, passage.context, next);
  } catch (error) {
    throw passage.broken ?? judge(passage, layer, gate, error);
  } finally {
    gate.closed = true;
  }
  return accept(passage, layer, gate, result);
}

function accept(passage: Passage, layer: Middleware, gate: Gate, result: unknown): Result {
  if (passage.broken !== undefined) throw passage.broken;
  if (gate.pending) throw breakOff(passage, layer.name, 'returned before next had settled');
  if (passage.context.signal.aborted) {
    throw breakOff(passage, layer.name, 'returned after the call was aborted');
  }
  if (isResult(result)) return result;
  throw breakOff(passage, layer.name, 'returned something that is no result');
}

function createNext(passage: Passage, index: number, layer: Middleware, gate: Gate): Next {
  const advance = async (call: Call): Promise<Result> => {
    if (gate.closed) throw breakOff(passage, layer.name, 'called next after it had returned');
    if (gate.pending) throw breakOff(passage, layer.name, 'called next again before it had settled');
    if (!isCallLike(call, passage.callId)) {
      throw breakOff(passage, layer.name, 'passed something to next that is not this call');
    }
    gate.pending = true;
    try {
      return await enter(passage, index + 1, freezeCall(call));
    } catch (error) {
      gate.failed = true;
      throw error;
    } finally {
      gate.pending = false;
    }
  };
  return (call) => {
    const answer = advance(call);
    // A layer that drops the promise is refused above; its rejection must not end the process as well.
    answer.catch(() => {});
    return answer;
  };
}

/** Decides what leaves a layer that threw: the guard's and Google's errors as they are, all else as a breach. */
function judge(passage: Passage, layer: Middleware, gate: Gate, error: unknown): Error {
  if (gate.pending) return breakOff(passage, layer.name, 'threw before next had settled', error);
  if (isGuardFailure(error)) return error;
  if (isError(error) && mayPass(passage, gate, error)) return error;
  return breakOff(passage, layer.name, isError(error) ? 'failed' : 'threw something that is no error', error);
}

/** An error from below passes; so does a Google error made in its place, e.g. with positions mapped back. */
function mayPass(passage: Passage, gate: Gate, error: Error): boolean {
  if (passage.passing.has(error) || isPassedOn(error)) return true;
  if (gate.failed && isGoogleError(error)) return true;
  return passage.context.signal.aborted && (error === passage.context.signal.reason || isAbort(error));
}

function isAbort(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'TimeoutError';
}

function letPass(passage: Passage, error: unknown): Error {
  if (!isError(error)) return breakOff(passage, 'transport', 'threw something that is no error', error);
  passage.passing.add(error);
  return error;
}

function throwIfAborted(passage: Passage): void {
  if (!passage.context.signal.aborted) return;
  throw letPass(passage, abortReason(passage.context.signal));
}

function breakOff(passage: Passage, name: string, deed: string, cause?: unknown): GuardError {
  passage.broken ??= violation(name, deed, passage.callId, cause);
  return passage.broken;
}
