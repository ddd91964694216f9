import { once } from 'node:events';
import { createServer } from 'node:http';
import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createGuard } from '../../src/client/guard.ts';
import { versions } from '../differential/clients.ts';
import type { BigQuery } from '@google-cloud/bigquery';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { ClientVersion } from '../differential/clients.ts';

const guard = createGuard({ middleware: [] });
const dataset = { kind: 'bigquery#dataset', id: 'p:d', description: 'täglich' };
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that answers the n-th request of one client by the n-th handler, and the later ones by the last. */
async function serve(
  handlers: readonly RequestListener[],
): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(seen.length, handlers.length - 1)];
    seen.push(request);
    request.resume().once('end', () => handler?.(request, response));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  raw(status, JSON.stringify(body), { 'content-type': 'application/json; charset=UTF-8', ...headers });

function raw(status: number, body: string | Buffer, headers: Record<string, string> = {}): RequestListener {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

const hangUp: RequestListener = (request) => request.socket.destroy();
const ok = json(200, dataset);
const busy = json(503, { error: { code: 503, message: 'come again', errors: [{ reason: 'backendError' }] } });

/** What came of `dataset.getMetadata()`, and how many requests it took. */
async function outcome(
  make: (url: string) => BigQuery,
  handlers: readonly RequestListener[],
): Promise<unknown> {
  const { url, seen } = await serve(handlers);
  const [result] = await Promise.allSettled([make(url).dataset('d').getMetadata()]);
  const told = result.status === 'fulfilled' ? result.value[0] : described(result.reason, url);
  return { told, requests: seen.map(({ method, headers }) => [method, headers['authorization']]) };
}

function described(error: unknown, url: string): unknown {
  if (!(error instanceof Error)) return error;
  const [code, type, errors] = ['code', 'type', 'errors'].map((name): unknown => Reflect.get(error, name));
  // Ports differ, and the end of a parser's message is the parser's.
  const message = error.message
    .replaceAll(url, '<url>')
    .replaceAll(/:\d{4,5}\b/g, '')
    .split(' reason: Un')[0];
  return { name: error.name, message, code, type, errors };
}

async function compare(
  version: ClientVersion,
  handlers: readonly RequestListener[],
  options: object = {},
): Promise<unknown> {
  const [plain, guarded] = await Promise.all([
    outcome((url) => version.plain(url, options), handlers),
    outcome((url) => version.guarded(url, guard, options), handlers),
  ]);
  expect(guarded).toEqual(plain);
  return guarded;
}

const oneRetry = { maxRetries: 1 };
const never = { autoRetry: false };

// Both wait for seconds between attempts.
const waiting = { timeout: 30_000 };

describe.each(versions)(
  'a request of client $version ends as through the official connection',
  waiting,
  (version) => {
    it.concurrent.each<[string, readonly RequestListener[], object, number]>([
      ['that meets a busy service once', [busy, ok], oneRetry, 2],
      ['that meets a busy service always', [busy], oneRetry, 2],
      ['that meets a busy service and must not retry', [busy, ok], never, 1],
      [
        'that meets too many requests',
        [json(429, { error: { code: 429, message: 'slow' } }), ok],
        oneRetry,
        2,
      ],
      ['whose connection breaks once', [hangUp, ok], oneRetry, 2],
      ['whose connection breaks always', [hangUp], oneRetry, 2],
      ['whose connection breaks and that must not retry', [hangUp, ok], never, 1],
      [
        'that is told of an error with status 200',
        [json(200, { error: { code: 400, message: 'no' } })],
        {},
        1,
      ],
      ['that is told of an error in plain text', [raw(403, 'no', { 'content-type': 'text/plain' })], {}, 1],
      ['that is told of an error in HTML', [raw(404, '<p>', { 'content-type': 'text/html' })], {}, 1],
      ['whose credentials are refused', [json(401, { error: { code: 401, message: 'who?' } })], {}, 1],
      ['that gets JSON without saying so', [raw(200, JSON.stringify(dataset))], {}, 1],
      ['that gets no JSON', [raw(200, '{"id":', { 'content-type': 'application/json' })], never, 1],
      ['that is sent elsewhere', [raw(307, '', { location: '/moved' }), ok], never, 2],
      ['whose answer is packed', [packed('gzip', gzipSync)], {}, 1],
      ['whose answer is packed by brotli', [packed('br', brotliCompressSync)], {}, 1],
      ['whose answer is deflated', [packed('deflate', deflateSync)], {}, 1],
      [
        'whose answer says that it is packed and is not',
        [json(200, dataset, { 'content-encoding': 'gzip' })],
        never,
        1,
      ],
    ])('%s', async (_name, handlers, options, requests) => {
      const found = await compare(version, handlers, options);
      // A redirect is followed by the official client, after our own request has met it.
      expect(found).toHaveProperty('requests.length', requests);
    });
  },
);

function packed(encoding: string, pack: (text: string) => Buffer): RequestListener {
  return raw(200, pack(JSON.stringify(dataset)), {
    'content-type': 'application/json',
    'content-encoding': encoding,
  });
}

const client = (url: string): BigQuery => {
  const [newest] = versions;
  if (newest === undefined) throw new Error('There is no client.');
  return newest.guarded(url, guard);
};

describe('a request over our own connection', () => {
  it('ends when its stream is destroyed', async () => {
    const { url, seen } = await serve([() => undefined]);
    const stream = client(url).createQueryStream('SELECT 1');
    stream.on('error', () => undefined).resume();
    await expect.poll(() => seen.length).toBe(1);
    stream.destroy();
    await expect.poll(() => seen[0]?.socket.destroyed).toBe(true);
  });

  it('hands out a response that holds no credentials and no socket', async () => {
    const { url } = await serve([ok]);
    const [, response] = await client(url).dataset('d').getMetadata();
    expect(JSON.parse(JSON.stringify({ ...response, toJSON: undefined, headers: {} }))).toEqual({
      statusCode: 200,
      statusMessage: 'OK',
      headers: {},
      body: dataset,
      request: { agent: false, headers: {} },
    });
  });

  it('goes through the proxy that the environment names, as the official one does', async () => {
    const proxy = await serve([ok]);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    try {
      const [metadata] = await client('http://bigquery.invalid').dataset('d').getMetadata();
      expect(metadata).toEqual(dataset);
      expect(proxy.seen.map(({ url }) => url)).toEqual([
        'http://bigquery.invalid/bigquery/v2/projects/p/datasets/d?prettyPrint=false',
      ]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
