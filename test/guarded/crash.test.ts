import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BigQuery } from '../../src/index.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { createGuard } from '../../src/client/guard.ts';
import { readEvents, verify, type AuditEvent } from '../../src/middleware/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

let standIn: StandIn;
let proxy: Server;
let folder: string;
let config: string;
/** Whom to kill when BigQuery has done the request, or before it gets it. */
let victim: { readonly process: () => ChildProcess; readonly when: 'before' | 'after' } | undefined;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: { datasets: ['shop'], statements: ['CREATE TABLE shop.t (id INT64)'] },
  });
  proxy = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.destroy(new Error('lost', { cause: error })));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
}, 60_000);

/** Between the client and the stand-in: the moment at which somebody is killed. */
async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const starts = request.method === 'POST';
  const body = await buffer(request);
  if (starts && victim?.when === 'before') return void victim.process().kill('SIGKILL');
  const { host: _host, ...headers } = request.headers;
  const answer = await fetch(new URL(request.url ?? '/', standIn.url), {
    method: request.method ?? 'GET',
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(starts && { body }),
  });
  const text = await answer.text();
  if (starts && victim !== undefined) return void victim.process().kill('SIGKILL');
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(text);
}

afterAll(async () => {
  proxy.close();
  await standIn.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crash-'));
  config = join(folder, 'guard.yaml');
  await writeFile(
    config,
    `version: 1
project: acme
principal: { id: ana, groups: [] }
rules: [{ name: shop, operations: [read, write, ddl], datasets: [shop], effect: allow }]
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`,
  );
  return async () => rm(folder, { recursive: true });
});

function address(): string {
  const found = proxy.address();
  return `http://127.0.0.1:${typeof found === 'object' && found !== null ? found.port : 0}`;
}

async function killedRun(sql: string, when: 'before' | 'after'): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-client.ts'), config, address(), sql],
    {
      stdio: 'inherit',
    },
  );
  victim = { process: () => child, when };
  const [, signal] = await once(child, 'exit');
  victim = undefined;
  expect(signal).toBe('SIGKILL');
}

/** What the next process finds out: it runs one query of its own. */
async function recovered(): Promise<readonly AuditEvent[]> {
  const middleware = await buildMiddleware(await loadConfig(config), { environment: {} });
  const guard = createGuard({ middleware, principal: 'ben' });
  await new BigQuery({ ...standIn.clientOptions, guard }).query('SELECT 1');
  await guard.close();
  expect(await verify(join(folder, 'audit'))).toMatchObject({ ok: true });
  const events: AuditEvent[] = [];
  for await (const event of readEvents(join(folder, 'audit'))) events.push(event);
  return events;
}

describe('after kill -9 the next process closes what was open', () => {
  it.each([
    [
      'a write that BigQuery has done, by its id',
      'INSERT INTO shop.t VALUES (1)',
      'after',
      'jobs.insert',
      'done',
    ],
    ['a query that BigQuery has done, by its label', 'SELECT 2 AS two', 'after', 'jobs.query', 'done'],
    ['a write that failed', "INSERT INTO shop.t SELECT CAST('x' AS INT64)", 'after', 'jobs.insert', 'failed'],
    ['a write that BigQuery never saw', 'INSERT INTO shop.t VALUES (2)', 'before', 'jobs.insert', 'noJob'],
  ] as const)('%s', { timeout: 60_000 }, async (_what, sql, when, operation, outcome) => {
    await killedRun(sql, when);
    const events = await recovered();
    const asked = events.find(({ type }) => type === 'call.started');
    const found = events.filter(({ type }) => type === 'call.recovered');
    expect(found).toMatchObject([
      { call: asked?.call, principal: { id: 'ana' }, data: { operation, outcome } },
    ]);
    const again = await recovered();
    expect(again.filter(({ type }) => type === 'call.recovered')).toHaveLength(1);
  });
});
