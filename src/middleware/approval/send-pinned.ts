import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ResolvedAddress } from './address.ts';

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export interface PinnedRequest {
  readonly url: URL;
  readonly address: ResolvedAddress;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Certificates to trust instead of the system's. */
  readonly certificates: string | undefined;
}

const maximumAnswerBytes = 64 * 1024;

/**
 * One request to one address, checked before and pinned here: no redirect, no proxy, no connection of an
 * earlier request, and no answer above 64 KiB.
 */
export async function sendPinned(options: PinnedRequest): Promise<Answer> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout)]);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = open(options, signal);
    request.on('error', reject);
    request.on('response', (response) => {
      read(response).then(resolve, (error: unknown) => {
        request.destroy();
        reject(error instanceof Error ? error : new Error('The answer broke off.'));
      });
    });
    request.end(options.body);
  });
}

function open(
  { url, address, method, headers, body, certificates }: PinnedRequest,
  signal: AbortSignal,
): ClientRequest {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return start(url, {
    method,
    agent: false,
    signal,
    headers: { ...headers, 'content-length': String(body.length), connection: 'close' },
    maxHeaderSize: 16 * 1024,
    ...(certificates === undefined ? {} : { ca: certificates }),
    lookup: (_hostname, lookupOptions, callback) => {
      if (lookupOptions.all === true) callback(null, [{ ...address }]);
      else callback(null, address.address, address.family);
    },
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maximumAnswerBytes) throw new Error('The answer is larger than 64 KiB.');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
}
