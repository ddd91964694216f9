import { exchangeLater } from './load-exchange.ts';
import { RequestStream } from './request-stream.ts';
import { currentScope } from './scope.ts';
import { askingSignal } from './stream-scope.ts';
import { answerUpload } from './upload-answer.ts';
import type { OfficialOptions, WireAnswer, WireCallback } from '../transport/official.ts';
import type { MakeAuthenticatedRequest } from './connection.ts';
import type { Line } from './exchange.ts';
import type { Guard } from './guard.ts';
import type { OnAuthenticated } from './upload-answer.ts';

type Receiver = WireCallback | { readonly onAuthenticated: OnAuthenticated } | undefined;

interface Abortable {
  abort(): void;
}

/**
 * Puts the guard before the function through which everything of a client goes. It has the three forms of the
 * official one: with a callback, with `onAuthenticated` for uploads, and with neither for a stream. A proxy keeps
 * the function's own properties, and its type.
 */
export function guardedRequest(
  inner: MakeAuthenticatedRequest,
  guard: Guard,
  line: Line,
): MakeAuthenticatedRequest {
  return new Proxy(inner, {
    apply(_inner, _this, [options, receiver]: [OfficialOptions, Receiver]): Abortable {
      if (receiver === undefined || receiver === null) return openStream(line, options);
      return begin(line, options, typeof receiver === 'function' ? callBack(receiver) : upload(receiver));
    },
    get: (target, name): unknown => (name === guardedBy ? guard : Reflect.get(target, name)),
    has: (target, name) => name === guardedBy || Reflect.has(target, name),
  });
}

const guardedBy: unique symbol = Symbol.for('bigquery-guard.guarded-by');

/** The guard that such a function already has, by whichever copy of this package. */
export function guardOf(request: object): unknown {
  return Reflect.get(request, guardedBy);
}

function begin(line: Line, options: OfficialOptions, receive: (answer: WireAnswer) => void): Abortable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const reader = askingSignal();
  reader?.addEventListener('abort', abort);
  const answer = exchangeLater(line, options, currentScope(), controller.signal);
  // No `catch` behind it: what the user's callback throws is the user's.
  void answer.then((found) => {
    reader?.removeEventListener('abort', abort);
    receive(found);
  });
  return { abort };
}

function callBack(callback: WireCallback): (answer: WireAnswer) => void {
  return ({ error, body, response }) => callback(error ?? null, body, response);
}

function upload({
  onAuthenticated,
}: {
  readonly onAuthenticated: OnAuthenticated;
}): (answer: WireAnswer) => void {
  return (answer) => answerUpload(answer, onAuthenticated);
}

function openStream(line: Line, options: OfficialOptions): RequestStream {
  const stream = new RequestStream();
  // The official client asks for an unpacked answer when it hands out a stream.
  const call = begin(line, { ...options, gzip: false }, (answer) => stream.deliver(answer));
  stream.once('close', () => call.abort());
  return stream;
}
