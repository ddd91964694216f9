import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import type { Call } from '../call/call.ts';
import type { Context } from '../call/context.ts';
import { readJson, type Json } from '../call/json.ts';
import { filterResponse, rebuildRequest, type RebuiltRequest } from '../call/rebuild.ts';
import { answerLimit, unanswered } from './answer-limit.ts';
import type { Result } from '../call/result.ts';
import type { Send } from '../call/upstream-account.ts';
import { GuardError } from '../errors.ts';

export interface RestTransportOptions {
  /** Where `/bigquery/v2` lies: `https://bigquery.googleapis.com`, an emulator, or a guard service. */
  readonly url: string;
  /** Headers of one request: authorization for the account, and what a guard service wants to know of the context. */
  headers(
    call: Call,
    context: Context,
    account: string | undefined,
  ): Promise<Readonly<Record<string, string>>>;
  /** As in the official transport; absent where an answer may wait for people. */
  readonly answerWithin?: number;
  /** Makes the error for an answer that is none of 200–299. */
  failure(call: Call, status: number, body: Json | undefined): Error;
}

/** Sends calls over BigQuery's REST interface, each rebuilt from the fields that its method may send. */
export interface Transport {
  readonly handle: Send;
  close(): Promise<void>;
}

export function restTransport(options: RestTransportOptions): Transport {
  const origin = new URL(options.url).origin;
  // A waiting approval or a long query keeps the answer away for minutes.
  const dispatcher = new Agent({ connections: 64, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async handle(call, context, account) {
      const request = rebuildRequest(call);
      const headers = await options.headers(call, context, account);
      const exchange = async (signal: AbortSignal): Promise<Result> =>
        readAnswer(options, call, await send(dispatcher, origin, call, request, headers, signal));
      return limited(call, options.answerWithin, context.signal, exchange);
    },
    close: () => dispatcher.close(),
  };
}

async function limited(
  call: Call,
  within: number | undefined,
  signal: AbortSignal,
  exchange: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = within === undefined ? undefined : answerLimit(call, within);
  if (limit === undefined) return exchange(signal);
  const time = AbortSignal.timeout(limit);
  try {
    return await exchange(AbortSignal.any([signal, time]));
  } catch (error) {
    throw time.aborted && !signal.aborted ? unanswered(call, limit) : error;
  }
}

async function send(
  dispatcher: Agent,
  origin: string,
  call: Call,
  request: RebuiltRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { contentType, body } = bodyOf(call, request);
  const prefix = request.upload ? '/upload/bigquery/v2' : '/bigquery/v2';
  try {
    return await dispatcher.request({
      origin,
      path: `${prefix}${request.path}${queryText(request)}`,
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      body,
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new GuardError(
      'ERR_REMOTE_UNAVAILABLE',
      'The service could not be reached, or it broke off. Check its address, and whether the call has run, before trying again.',
      {
        callId: call.id,
        cause,
      },
    );
  }
}

interface Body {
  readonly contentType: string | undefined;
  readonly body: string | Readable | null;
}

function bodyOf(call: Call, request: RebuiltRequest): Body {
  const json = request.body === undefined ? undefined : JSON.stringify(request.body);
  if (call.upload === undefined) {
    return { contentType: json === undefined ? undefined : 'application/json', body: json ?? null };
  }
  const boundary = randomUUID();
  return {
    contentType: `multipart/related; boundary=${boundary}`,
    body: Readable.from(multipart(boundary, json ?? '{}', call.upload.contentType, call.upload.stream)),
  };
}

async function* multipart(
  boundary: string,
  metadata: string,
  contentType: string,
  media: Readable,
): AsyncGenerator<string | Buffer> {
  yield `--${boundary}\r\ncontent-type: application/json\r\n\r\n${metadata}\r\n`;
  yield `--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`;
  yield* media;
  yield `\r\n--${boundary}--`;
}

function queryText({ query }: RebuiltRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === 'string' ? [value] : value) parameters.append(name, each);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function readAnswer(
  options: RestTransportOptions,
  call: Call,
  answer: Dispatcher.ResponseData,
): Promise<Result> {
  const body = parse(await answer.body.text());
  const status = answer.statusCode;
  if (status < 200 || status > 299) throw options.failure(call, status, body);
  if (body === undefined) {
    throw new GuardError('ERR_REMOTE_PROTOCOL', 'The answer is not JSON. Check the address of the service.', {
      callId: call.id,
    });
  }
  return {
    status,
    body: filterResponse(call, body),
    headers: { 'content-type': 'application/json; charset=UTF-8' },
  };
}

/** `''` for an empty answer (deletes give 204), `undefined` for what is no JSON. */
function parse(text: string): Json | undefined {
  return text === '' ? '' : readJson(text);
}
