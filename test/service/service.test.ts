import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compose } from '../../src/call/compose.ts';
import { contextKey } from '../../src/call/context.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import { startService, type Service } from '../../src/service/service.ts';
import { staticTokens } from '../../src/service/static-tokens.ts';
import { recorded } from '../../src/middleware/audit/barrier.ts';
import { googleTransport } from '../../src/transport/google.ts';

interface Received {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

const principal = { id: 'agent-a', groups: ['agents'], delegation: [], verified: true };

const authenticate = staticTokens([
  { token: 'first-token', principal, agent: { name: 'analyst' } },
  { token: 'second-token', principal: { ...principal, id: 'agent-b' }, agent: undefined },
]);

let upstream: Server;
let service: Service;
let received: Received[];
let seen: unknown[];
let answer: { status: number; body: unknown };

const watching: Middleware = {
  name: 'watching',
  handle(call, context, next) {
    seen.push({ operation: call.operation, principal: context.principal.id, session: context.session });
    return next(call);
  },
};

beforeEach(async () => {
  received = [];
  seen = [];
  answer = { status: 200, body: { kind: 'bigquery#queryResponse', jobComplete: true, secretField: 1 } };
  upstream = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      received.push({ line: `${method} ${url}`, authorization: headers.authorization, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const transport = googleTransport({ url: `http://127.0.0.1:${port}`, credentials: 'none' });
  service = await startService({
    handle: compose([watching], recorded(transport.handle, 'statement')),
    upstream: recorded(transport.handle, 'own'),
    project: 'acme',
    authenticate,
  });
});

afterEach(async () => {
  await service.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => void upstream.close(resolve));
});

const bearer = { authorization: 'Bearer first-token' };

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

function ask(path: string, init: Asked = {}): Promise<Response> {
  return fetch(service.url + path, { ...init, headers: { ...bearer, ...init.headers } });
}

const query = (body: unknown): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('the service', () => {
  it('sends a known call upstream without the token of the caller, and drops what it does not know', async () => {
    const response = await ask(
      '/bigquery/v2/projects/acme/queries',
      query({ query: 'SELECT 1', useLegacySql: false }),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ kind: 'bigquery#queryResponse', jobComplete: true });
    expect(received).toEqual([
      {
        line: 'POST /bigquery/v2/projects/acme/queries',
        authorization: undefined,
        body: '{"query":"SELECT 1","useLegacySql":false}',
      },
    ]);
    expect(seen).toEqual([{ operation: 'jobs.query', principal: 'agent-a', session: undefined }]);
  });

  it('takes the form without prefix, gzip, and the session from headers', async () => {
    const response = await ask('/projects/acme/queries', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'x-guard-session': 's-1',
        'x-guard-prompt': Buffer.from('wie viele Kühe?').toString('base64'),
      },
      body: gzipSync(JSON.stringify({ query: 'SELECT 1' })),
    });
    expect(response.status).toBe(200);
    expect(seen).toEqual([
      { operation: 'jobs.query', principal: 'agent-a', session: { id: 's-1', prompt: 'wie viele Kühe?' } },
    ]);
  });

  it('hands on the media of an upload', async () => {
    const media = 'a,b\r\n--x\r\n1,2\r\n';
    const response = await ask('/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart', {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; boundary=edge' },
      body: [
        '--edge\r\nContent-Type: application/json\r\n\r\n',
        JSON.stringify({
          configuration: { load: { destinationTable: { projectId: 'acme', datasetId: 'd', tableId: 't' } } },
        }),
        '\r\n--edge\r\nContent-Type: text/csv\r\n\r\n',
        media,
        '\r\n--edge--',
      ].join(''),
    });
    expect(response.status).toBe(200);
    expect(received[0]?.line).toBe('POST /upload/bigquery/v2/projects/acme/jobs?uploadType=multipart');
    expect(received[0]?.body).toContain(`content-type: text/csv\r\n\r\n${media}\r\n--`);
  });

  it('hands on errors of BigQuery as they came', async () => {
    answer = {
      status: 404,
      body: { error: { code: 404, message: 'Not found: Table a', errors: [{ reason: 'notFound' }] } },
    };
    const response = await ask('/bigquery/v2/projects/acme/datasets/d/tables/t');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual(answer.body);
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer third-token' }],
    ['another scheme', { authorization: 'Basic first-token' }],
    ['a token and more', { authorization: 'Bearer first-token second-token' }],
  ])('with %s sends nothing', async (_what, headers) => {
    const response = await fetch(`${service.url}/bigquery/v2/projects/acme/datasets`, { headers });
    expect(response.status).toBe(401);
    expect(received).toEqual([]);
  });

  it.each([
    ['an unknown path', '/bigquery/v2/projects/acme/secrets', {}, 403],
    ['an encoded slash', '/bigquery/v2/projects/acme/datasets/a%2Ftables', {}, 403],
    ['a system parameter', '/bigquery/v2/projects/acme/datasets?fields=id', {}, 403],
    [
      'a method override',
      '/bigquery/v2/projects/acme/datasets',
      { headers: { 'x-http-method-override': 'DELETE' } },
      403,
    ],
    ['an unknown field', '/bigquery/v2/projects/acme/queries', query({ query: 'SELECT 1', evil: 1 }), 403],
    ['text that is no JSON', '/bigquery/v2/projects/acme/queries', { method: 'POST', body: '{' }, 400],
    [
      'an upload without parts',
      '/upload/bigquery/v2/projects/acme/jobs',
      { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/related; boundary=edge' } },
      400,
    ],
    [
      'an unknown encoding',
      '/bigquery/v2/projects/acme/queries',
      { method: 'POST', body: 'x', headers: { 'content-encoding': 'br' } },
      415,
    ],
  ] as const)('refuses %s and sends nothing', async (_what, path, init, status) => {
    const response = await ask(path, init);
    expect(response.status).toBe(status);
    expect(received).toEqual([]);
  });

  it('tells nothing of a failure of its own', async () => {
    await service.close();
    const key = contextKey('unused', 0);
    service = await startService({
      handle: (_call, context) => Promise.reject(new TypeError(`secret ${context.get(key)}`)),
      upstream: () => Promise.reject(new TypeError('unused')),
      project: 'acme',
      authenticate,
    });
    const response = await ask('/bigquery/v2/projects/acme/datasets');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('aborts the call when the client goes away', async () => {
    await service.close();
    const running = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    service = await startService({
      handle: (_call, { signal }) => {
        running.resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve();
            reject(new DOMException('gone', 'AbortError'));
          });
        });
      },
      upstream: () => Promise.reject(new TypeError('unused')),
      project: 'acme',
      authenticate,
    });
    const controller = new AbortController();
    const asked = ask('/bigquery/v2/projects/acme/datasets', { signal: controller.signal });
    await running.promise;
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await expect(aborted.promise).resolves.toBeUndefined();
  });
});
