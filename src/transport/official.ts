import { finished } from 'node:stream';
import { GoogleError } from '../call/google-error.ts';
import { isJsonObject } from '../call/json.ts';
import { replaceProjectId } from '../call/normalise.ts';
import { unknownOperation } from '../call/operations.ts';
import { filterResponse, rebuildRequest } from '../call/rebuild.ts';
import { answerLimit, unanswered } from './answer-limit.ts';
import type { Call } from '../call/call.ts';
import type { Context } from '../call/context.ts';
import type { Json } from '../call/json.ts';
import type { ClientTarget } from '../call/normalise.ts';
import type { Prepare } from '../call/prepare.ts';
import type { RebuiltRequest } from '../call/rebuild.ts';
import type { Result } from '../call/result.ts';
import type { Send as SendCall } from '../call/upstream-account.ts';

/** What the official client's callbacks get: `(error, body, response)`. */
export interface WireAnswer {
  readonly error: unknown;
  readonly body: unknown;
  readonly response: unknown;
}

export type WireCallback = (error: unknown, body?: unknown, response?: unknown) => void;

export type Send = (callback: WireCallback, signal: AbortSignal) => void;

/** A way to the network with authentication, retries and parsing: the official client's own, or one to the same effect. */
export interface OfficialConnection {
  /** Gets a request ready, its credentials above all. Nothing goes to BigQuery before it is told to. */
  request(options: OfficialOptions): Send;
  /** As `request`, for options with a `multipart` whose second part is a stream. It never retries. */
  upload(options: OfficialOptions): Send;
}

/** The options of one request as the official client made them. */
export type OfficialOptions = Readonly<Record<string, unknown>>;

export interface OfficialTransportOptions {
  /** The way for requests under an account; `undefined`: the client's own credentials. */
  readonly connection: (account: string | undefined) => OfficialConnection;
  readonly target: ClientTarget;
  readonly options: OfficialOptions;
  /** Sends a request that cannot be rebuilt as it was made, instead of refusing it. */
  readonly forward: boolean;
  /** What an answer may take beyond the call's own `timeoutMs`, in milliseconds; 0 for no limit. */
  readonly answerWithin: number;
  /** Told what came from the wire for each result or error that leaves the transport. */
  readonly remember: (outcome: object, answer: WireAnswer) => void;
}

/** How a request travels, and nothing of what it asks. */
const travelling = ['headers', 'timeout', 'maxRetries', 'gzip', 'forever', 'pool', 'proxy'];

export interface OfficialTransport {
  /** Gets a call ready to be sent, for when `handle` is told to send it. */
  readonly prepare: Prepare;
  readonly handle: SendCall;
}

/** Sends calls over a client's own connection, each rebuilt from the fields that it may send. */
export function officialTransport(transport: OfficialTransportOptions): OfficialTransport {
  const ready = new WeakMap<Call, Prepared>();
  return {
    prepare: (call, account) => void ready.set(call, prepared(transport, call, account)),
    async handle(call, context, account) {
      const { isForwarded, options, send } = ready.get(call) ?? prepared(transport, call, account);
      const answer = await answerOf(send, options, { call, context, within: transport.answerWithin });
      if (answer.error !== null && answer.error !== undefined) throw failureOf(transport, answer);
      return resultOf(transport, answer, (body) => (isForwarded ? body : filterResponse(call, body)));
    },
  };
}

interface Prepared {
  readonly isForwarded: boolean;
  readonly options: OfficialOptions;
  readonly send: Send;
}

function prepared(transport: OfficialTransportOptions, call: Call, account: string | undefined): Prepared {
  const { forward } = transport;
  const connection = transport.connection(account);
  const isForwarded = forward && !isJudged(call);
  const options = isForwarded
    ? { headers: {}, ...transport.options }
    : rebuiltOptions(transport, call, rebuildRequest(call));
  const isUpload = options['multipart'] !== undefined;
  const send = isUpload ? connection.upload(options) : connection.request(options);
  return { isForwarded, options, send };
}

function isJudged({ flaw, operation }: Call): boolean {
  return flaw === undefined && operation !== unknownOperation.name;
}

function rebuiltOptions(
  { options, target }: OfficialTransportOptions,
  call: Call,
  rebuilt: RebuiltRequest,
): OfficialOptions {
  const kept = Object.entries(options).filter(([name]) => travelling.includes(name));
  const base = rebuilt.upload ? `${target.apiEndpoint}/upload/bigquery/v2` : target.baseUrl;
  const hasQuery = Object.keys(rebuilt.query).length > 0;
  return {
    ...Object.fromEntries(kept),
    method: rebuilt.method,
    uri: spellingOf(`${base}${rebuilt.path}`, replaceProjectId(addressOf(options), target.projectId)),
    ...(hasQuery && { qs: rebuilt.query }),
    ...contentOf(call, rebuilt, headersOf(options['headers'])),
  };
}

function addressOf({ uri, url }: OfficialOptions): string {
  return typeof uri === 'string' ? uri : typeof url === 'string' ? url : '';
}

/** Version 8 of the client leaves `$` and `@` of table decorators as they are; the same path keeps its spelling. */
function spellingOf(address: string, original: string): string {
  const plain = address.replaceAll('%24', '$').replaceAll('%40', '@');
  return original.split('?', 1)[0] === plain ? plain : address;
}

/**
 * A body goes as text, so that nothing further down changes it. Headers are always there: without credentials the
 * official client ends the process when it reaches for those of an upload.
 */
function contentOf(
  call: Call,
  { body, upload }: RebuiltRequest,
  headers: Readonly<Record<string, string>>,
): OfficialOptions {
  const text = JSON.stringify(body ?? {});
  if (!upload || call.upload === undefined)
    return body === undefined
      ? { headers }
      : { headers: { ...headers, 'Content-Type': 'application/json' }, body: text };
  return {
    headers,
    multipart: [
      { 'Content-Type': 'application/json', body: text },
      { 'Content-Type': call.upload.contentType, body: call.upload.stream },
    ],
  };
}

interface Waiting {
  readonly call: Call;
  readonly context: Context;
  readonly within: number;
}

function answerOf(
  send: Send,
  options: OfficialOptions,
  { call, context: { signal }, within }: Waiting,
): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const endings: (() => void)[] = [];
    const settle: WireCallback = (error, body, response) => {
      for (const end of endings.splice(0)) end();
      resolve({ error, body, response });
    };
    // The official client cannot be stopped: there the request goes on, but nobody waits for it any more.
    const stop = new AbortController();
    const giveUp = (reason: unknown): void => {
      settle(reason);
      stop.abort(reason);
    };
    const abort = (): void => giveUp(signal.reason);
    if (signal.aborted) stop.abort(signal.reason);
    signal.addEventListener('abort', abort);
    endings.push(() => signal.removeEventListener('abort', abort), limitTime(options, giveUp));
    const limit = answerLimit(call, within);
    if (limit !== undefined) endings.push(after(limit, () => giveUp(unanswered(call, limit))));
    if (call.upload !== undefined) {
      endings.push(
        finished(call.upload.stream, { writable: false }, (error) => {
          if (error) settle(error);
        }),
      );
    }
    send(settle, stop.signal);
  });
}

/** The official client takes a `timeout` and forgets it on the way. It holds for all attempts together. */
function limitTime({ timeout, uri }: OfficialOptions, giveUp: (reason: unknown) => void): () => void {
  if (typeof timeout !== 'number' || !(timeout > 0)) return () => undefined;
  return after(timeout, () => giveUp(timeoutError(String(uri))));
}

function after(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, Math.min(milliseconds, longestTimer));
  return () => clearTimeout(timer);
}

const longestTimer = 2 ** 31 - 1;

function timeoutError(uri: string): Error {
  const error = new Error(`network timeout at: ${uri.split('?', 1)[0]}`);
  return Object.assign(error, { type: 'request-timeout', code: 'ETIMEDOUT' });
}

function failureOf({ remember }: OfficialTransportOptions, answer: WireAnswer): unknown {
  const { error, body } = answer;
  const code = member(error, 'code');
  const failure =
    typeof code === 'number' && answer.response !== undefined ? new GoogleError(code, jsonOf(body)) : error;
  if (typeof failure === 'object' && failure !== null) remember(failure, answer);
  return failure;
}

function resultOf(
  { remember }: OfficialTransportOptions,
  answer: WireAnswer,
  filter: (body: Json) => Json,
): Result {
  const result = {
    status: statusOf(answer.response),
    body: filter(jsonOf(answer.body)),
    headers: headersOf(member(answer.response, 'headers')),
  };
  remember(result, answer);
  return result;
}

/** The client hands over parsed JSON, `undefined` for an empty body, and a stream where it would not read it. */
function jsonOf(body: unknown): Json {
  return isJson(body) ? body : '';
}

function isJson(body: unknown): body is Json {
  if (isJsonObject(body)) return typeof body['pipe'] !== 'function';
  return body === null || Array.isArray(body) || ['string', 'number', 'boolean'].includes(typeof body);
}

function statusOf(response: unknown): number {
  const status = member(response, 'statusCode');
  return typeof status === 'number' ? status : 200;
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (headers instanceof Headers) return Object.fromEntries(headers);
  if (!isRecord(headers)) return {};
  const texts = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
