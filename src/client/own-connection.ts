import { stringify } from 'node:querystring';
import { isJsonObject } from '../call/json.ts';
import { attempt } from '../transport/attempts.ts';
import { exchangeHttp } from '../transport/http-exchange.ts';
import { responseOf } from './response.ts';
import type { Json } from '../call/json.ts';
import type { Retries } from '../transport/attempts.ts';
import type { HttpAnswer, HttpRequest } from '../transport/http-exchange.ts';
import type { OfficialConnection, OfficialOptions, WireCallback } from '../transport/official.ts';
import type { Authorize } from './connection.ts';
import type { OfficialModule } from './official.ts';

export interface OwnConnectionOptions {
  /** Takes what is out of the ordinary: uploads, proxies, redirects. */
  readonly official: OfficialConnection;
  readonly authorize: Authorize;
  readonly module: OfficialModule;
  readonly retries: Retries;
}

/**
 * Sends JSON requests as the official client does, with its credentials and to the same effect, in half of the
 * time: the official way copies every answer in depth and goes through an emulation of `fetch`.
 */
export function ownConnection({
  official,
  authorize,
  module,
  retries,
}: OwnConnectionOptions): OfficialConnection {
  return {
    upload: (request) => official.upload(request),
    request(request) {
      const asOfficial = official.request(request);
      if (!isOrdinary(request)) return asOfficial;
      const authorized = authorizedRequest(authorize, request);
      return (callback, signal) => {
        const answered = async (): Promise<void> => {
          const sent = await authorized;
          const exchange = (): Promise<JsonAnswer> => exchangeJson(sent, signal);
          const answer = await attempt(exchange, retriesOf(request, retries), signal);
          if (isForOfficial(sent, answer)) asOfficial(callback, signal);
          else conclude(module, answer, callback);
        };
        answered().catch(callback);
      };
    },
  };
}

function authorizedRequest(authorize: Authorize, request: OfficialOptions): Promise<HttpRequest> {
  const authorized = new Promise<HttpRequest>((resolve, reject) => {
    // The official client writes the credentials onto what it gets.
    authorize({ ...request }, (failure, options) => {
      if (failure || options === undefined) reject(failure);
      else resolve(requestOf(options));
    });
  });
  // Whether it is sent after all is decided later.
  authorized.catch(() => undefined);
  return authorized;
}

const proxyVariables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];

function isOrdinary({ uri, body, gzip, forever, ...rest }: OfficialOptions): boolean {
  const isText = typeof uri === 'string' && (body === undefined || typeof body === 'string');
  const isPlain = ['proxy', 'pool', 'json', 'multipart'].every((name) => rest[name] === undefined);
  const isDirect = proxyVariables.every((name) => !process.env[name]);
  return isText && isPlain && isDirect && gzip !== false && forever !== false;
}

function requestOf(authorized: object): HttpRequest {
  const { uri, qs, method, headers, body }: OfficialOptions = { ...authorized };
  const query = typeof qs === 'object' && qs !== null ? `?${stringify({ ...qs })}` : '';
  return {
    url: new URL(`${String(uri)}${query}`),
    method: typeof method === 'string' ? method : 'GET',
    headers: headersOf(headers),
    body: typeof body === 'string' ? body : undefined,
  };
}

function retriesOf({ maxRetries }: OfficialOptions, retries: Retries): Retries {
  return typeof maxRetries === 'number' ? { ...retries, busy: maxRetries } : retries;
}

interface JsonAnswer extends HttpAnswer {
  readonly body: Json | undefined;
}

async function exchangeJson(request: HttpRequest, signal: AbortSignal): Promise<JsonAnswer> {
  const answer = await exchangeHttp(request, signal);
  return { ...answer, body: bodyOf(answer) };
}

/** An answer that says that it is JSON and is not counts as none, and the request is sent again. */
function bodyOf({ headers, status, text }: HttpAnswer): Json | undefined {
  if (text === '' || status === 204) return undefined;
  try {
    const body: Json = JSON.parse(text);
    return body;
  } catch (error) {
    if (/^application\/json(?:\s*;|$)/i.test(headers['content-type'] ?? '')) throw error;
    return text;
  }
}

/** The official client follows redirects, and knows better why there are no credentials. */
function isForOfficial({ headers }: HttpRequest, { status, headers: found }: HttpAnswer): boolean {
  const isRedirect = status >= 300 && status < 400 && found['location'] !== undefined;
  return isRedirect || (status === 401 && headers['authorization'] === undefined);
}

function conclude(
  { common }: OfficialModule,
  { status, statusText, headers, body }: JsonAnswer,
  callback: WireCallback,
): void {
  const response = responseOf(status, body ?? '', headers, statusText);
  const isError = status < 200 || status > 299 || (isJsonObject(body) && Boolean(body['error']));
  if (!isError) callback(null, body, response);
  else Reflect.apply(Reflect.get(common.util, 'handleResp'), common.util, [null, response, body, callback]);
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (headers instanceof Headers) return Object.fromEntries(headers);
  if (typeof headers !== 'object' || headers === null) return {};
  const named = Object.entries(headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    String(value),
  ]);
  return Object.fromEntries(named);
}
