import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { abortReason } from '../call/guard-rails.ts';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/** One request whose body is text, or none. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/** Sends one request and reads the whole answer. Rejects when there is none, or when it breaks off. */
export function exchangeHttp(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { href } = request.url;
    const outgoing = open(request);
    // An option of `request` does this, too, for four times the price.
    const abort = (): void => void outgoing.destroy(abortReason(signal));
    signal.addEventListener('abort', abort);
    outgoing.once('close', () => signal.removeEventListener('abort', abort));
    outgoing.once('error', (cause) => {
      reject(failed(`request to ${href} failed, reason: ${cause.message}`, cause));
    });
    outgoing.once('response', (incoming) => {
      readText(incoming).then(
        (text) => resolve(answerOf(incoming, text)),
        (cause: Error) => {
          reject(failed(`Invalid response body while trying to fetch ${href}: ${cause.message}`, cause));
        },
      );
    });
    outgoing.end(request.body);
  });
}

function open({ url, method, headers, body }: HttpRequest): ClientRequest {
  const options = {
    method,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      ...headers,
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    },
  };
  return url.protocol === 'http:'
    ? httpRequest(url, { ...options, agent: agents['http:'] })
    : httpsRequest(url, { ...options, agent: agents['https:'] });
}

function readText(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const body = unpacked(incoming, reject);
    body.on('data', (chunk: Buffer) => chunks.push(chunk));
    body.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    body.once('error', reject);
  });
}

function unpacked(incoming: IncomingMessage, fail: (error: Error) => void): Readable {
  const encoding = incoming.headers['content-encoding'];
  if (encoding === undefined || !['gzip', 'x-gzip', 'deflate', 'br'].includes(encoding)) return incoming;
  incoming.once('error', fail);
  return incoming.pipe(encoding === 'br' ? createBrotliDecompress() : createUnzip());
}

function answerOf(incoming: IncomingMessage, text: string): HttpAnswer {
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    status: incoming.statusCode ?? 0,
    statusText: incoming.statusMessage ?? '',
    headers: Object.fromEntries(headers),
    text,
  };
}

/** The members that the official client's HTTP library gives to its errors: programs look at `code`. */
function failed(message: string, cause: Error): Error {
  const { code, errno, syscall }: NodeJS.ErrnoException = cause;
  return Object.assign(new Error(message, { cause }), {
    name: 'FetchError',
    type: 'system',
    code,
    errno: code ?? errno,
    erroredSysCall: syscall,
  });
}
