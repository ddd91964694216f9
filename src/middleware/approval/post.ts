import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ResolvedAddress } from './address.ts';

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

export interface PostOptions {
  readonly url: URL;
  readonly address: ResolvedAddress;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Certificates to trust instead of the system's. */
  readonly certificates: string | undefined;
}

const maximumAnswerBytes = 64 * 1024;

/**
 * One POST to one address, checked before and pinned here: no redirect, no proxy, no connection of an earlier
 * request. The answer's body is read up to 64 KiB and thrown away.
 */
export async function post(options: PostOptions): Promise<PostAnswer> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout)]);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = open(options, signal);
    request.on('error', reject);
    request.on('response', (response) => {
      drain(response).then(resolve, (error: unknown) => {
        request.destroy();
        reject(error instanceof Error ? error : new Error('The answer broke off.'));
      });
    });
    request.end(options.body);
  });
}

function open(
  { url, address, headers, body, certificates }: PostOptions,
  signal: AbortSignal,
): ClientRequest {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return start(url, {
    method: 'POST',
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

async function drain(response: IncomingMessage): Promise<PostAnswer> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
    if (bytes > maximumAnswerBytes) throw new Error('The answer is larger than 64 KiB.');
  }
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
}
