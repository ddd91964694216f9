import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Middleware } from '../../src/call/middleware.ts';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import {
  generateApproverKeys,
  signDecision,
  type SignedRequest,
} from '../../src/middleware/approval/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

/** What must hold whatever goes wrong: a typed refusal, nothing sent, the refusal on record, the process alive. */
let fake: FakeBigQuery;
let folder: string;
let guard: Guard | undefined;
let hook: Server | undefined;

const ana = generateApproverKeys();
const eve = generateApproverKeys();

beforeAll(async () => {
  fake = await fakeBigQuery({
    project: 'acme',
    tables: { 'shop.orders': { schema: 'id:INTEGER, amount:INTEGER', rows: [{ id: 1, amount: 7 }] } },
    queries: [{ match: /from shop.orders/i, schema: 'id:INTEGER', rows: [{ id: 1 }] }],
  });
});

afterAll(async () => {
  await fake.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bad-input-'));
});

afterEach(async () => {
  await guard?.close().catch(() => undefined);
  hook?.closeAllConnections();
  hook?.close();
  hook = undefined;
  await rm(folder, { recursive: true, force: true });
});

const settings = (more = ''): string => `version: 1
project: acme
principal: { id: agent-a, groups: [agents] }
people: { owners: { members: [{ id: ana@acme.io, keys: ["${ana.publicKey}"] }] } }
rules:
  - { name: read-shop, operations: [read], datasets: [shop], effect: allow }
  - { name: gate, tables: [shop.orders], effect: require-approval, approval: { from: [owners] } }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
${more}`;

async function client(text: string, extra: readonly Middleware[] = []): Promise<BigQuery> {
  const config = parseConfig(text);
  const layers = await buildMiddleware(config, {
    environment: { HOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
  const [audit, ...others] = layers;
  guard = createGuard({
    middleware: [...(audit ? [audit] : []), ...extra, ...others],
    principal: config.file.principal,
  });
  return new BigQuery({ ...fake.clientOptions, guard });
}

const ungated = (): string => settings('').replace(/ {2}- \{ name: gate.*\n/, '');

async function recorded(): Promise<readonly { type: string; data: { code?: string; reason?: string } }[]> {
  await guard?.close();
  const audit = join(folder, 'audit');
  const files = (await readdir(audit)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((name) => readFile(join(audit, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}

/** What ran or changed something: dry runs tell approvers what a query would cost. */
function requestsSince(before: number): FakeBigQuery['requests'] {
  return fake.requests
    .slice(before)
    .filter(({ body }) => !JSON.stringify(body ?? '').includes('"dryRun":true'));
}

/** Runs the work and proves the four things that every refusal has in common. */
async function refuses(work: () => Promise<unknown>, code: string): Promise<void> {
  const before = fake.requests.length;
  const error: unknown = await work().then(
    () => 'it was not refused',
    (reason: unknown) => reason,
  );
  if (!isGuardError(error)) throw error;
  expect(error).toMatchObject({ code: 403, guardCode: code, errors: [{ reason: 'accessDenied' }] });
  const sent = requestsSince(before).filter(({ path }) => !path.includes('/tables/'));
  expect(sent).toEqual([]);
  const failed = (await recorded()).filter(({ type }) => type === 'call.failed');
  expect(failed.map(({ data }) => data.code)).toEqual([code]);
}

const question = 'SELECT id FROM shop.orders';

describe('middleware that breaks its contract', () => {
  const ok = { status: 200, body: {}, headers: {} };
  const broken: readonly (readonly [string, Middleware['handle']])[] = [
    ['throws', () => Promise.reject(new TypeError('row value 4711'))],
    [
      'throws at once',
      () => {
        throw new TypeError('row value 4711');
      },
    ],
    ['throws what is no error', () => Promise.reject('row value 4711')],
    ['answers nonsense', () => Promise.resolve('nonsense' as never)],
    ['answers nothing', () => Promise.resolve(undefined as never)],
    [
      'calls next twice at once',
      async (call, _context, next) => {
        await Promise.all([next(call), next(call)]);
        return ok;
      },
    ],
    [
      'does not wait for next',
      (call, _context, next) => {
        void next(call).catch(() => undefined);
        return Promise.resolve(ok);
      },
    ],
    ['hands on another call', (call, _context, next) => next({ ...call, id: 'another' })],
  ];

  it.each(broken)('that %s', async (_what, handle) => {
    const bigquery = await client(ungated(), [{ name: 'user', handle }]);
    await refuses(() => bigquery.query(question), 'ERR_MIDDLEWARE');
  });
});

describe('a call that is no method of BigQuery', () => {
  it.each([
    ['an unknown path', { uri: '/secrets' }],
    ['an absolute address', { uri: 'http://127.0.0.1:9/bigquery/v2/projects/acme/datasets' }],
    ['an encoded slash', { uri: '/datasets/a%2Ftables%2Fb' }],
    ['another method', { uri: '/datasets', method: 'TRACE' }],
  ])('%s', async (_what, options) => {
    const bigquery = await client(ungated());
    await refuses(
      () =>
        new Promise((resolve, reject) => {
          bigquery.request(options, (error, body) => (error ? reject(error) : resolve(body)));
        }),
      'ERR_POLICY_DENIED',
    );
  });
});

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

describe('an approval', () => {
  type Hook = (body: string) => { status: number; text?: string; delay?: number };

  async function asking(answer: Hook, waitFor = '2s'): Promise<{ bigquery: BigQuery; callback: string }> {
    hook = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, text = '', delay = 0 } = answer(Buffer.concat(chunks).toString());
        setTimeout(() => response.writeHead(status).end(text), delay);
      });
    });
    const port = await portOf(hook);
    const free = createServer();
    const callbackPort = await portOf(free);
    await new Promise((resolve) => free.close(resolve));
    const text = settings(`channels:
  hook: { webhook: "http://127.0.0.1:${port}/", secretFromEnv: HOOK_SECRET, allowInsecureLoopback: true }
approval:
  callback: { port: ${callbackPort} }
  waitFor: ${waitFor}
`);
    return { bigquery: await client(text), callback: `http://127.0.0.1:${callbackPort}/` };
  }

  it.each([
    ['is down', () => ({ status: 500 })],
    ['is slow', () => ({ status: 204, delay: 60_000 })],
    ['redirects', () => ({ status: 302 })],
    ['is switched off', () => ({ status: 410 })],
  ] satisfies readonly (readonly [string, Hook])[])(
    'whose webhook %s is not given',
    async (_what, answer) => {
      const { bigquery } = await asking(answer);
      await refuses(() => bigquery.query(question), 'ERR_APPROVAL_EXPIRED');
    },
  );

  it('is not in what the webhook answers', async () => {
    const { bigquery } = await asking(() => ({ status: 200, text: '\u0000{"verdict":"approve"}' }));
    await refuses(() => bigquery.query(question), 'ERR_APPROVAL_PENDING');
  });

  it.each([
    ['unsigned', (signed: SignedRequest) => ({ ...signed, headers: { 'content-type': 'application/json' } })],
    ['altered', (signed: SignedRequest) => ({ ...signed, body: signed.body.replace('approve', 'approve ') })],
    ['of somebody else', undefined],
    ['late', 'late'],
  ] as const)('by a callback that is %s does not count', async (kind, change) => {
    let callback = '';
    let status: Promise<number> | undefined;
    const asked = await asking((body) => {
      const { id, requestHash } = JSON.parse(body).data;
      const privateKey = kind === 'of somebody else' ? eve.privateKey : ana.privateKey;
      const now = new Date(Date.now() - (change === 'late' ? 600_000 : 0));
      const signed = signDecision({ privateKey, id, requestHash, verdict: 'approve', now });
      const init = typeof change === 'function' ? change(signed) : signed;
      status = fetch(callback, init).then((response) => response.status);
      return { status: 204 };
    });
    callback = asked.callback;
    await refuses(() => asked.bigquery.query(question), 'ERR_APPROVAL_PENDING');
    expect(await status).toBe(401);
    expect((await recorded()).some(({ type }) => type === 'approval.refused')).toBe(true);
  });

  it('counts once, also when the callback is sent again', async () => {
    let callback = '';
    let answers: Promise<number[]> | undefined;
    const asked = await asking((body) => {
      const { id, requestHash } = JSON.parse(body).data;
      const signed = signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve' });
      answers = (async () => [
        (await fetch(callback, signed)).status,
        (await fetch(callback, signed)).status,
      ])();
      return { status: 204 };
    }, '20s');
    callback = asked.callback;
    const before = fake.requests.length;
    const [rows] = await asked.bigquery.query(question);
    expect(rows).toEqual([{ id: 1 }]);
    expect(await answers).toEqual([200, 200]);
    expect(requestsSince(before).filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect((await recorded()).filter(({ type }) => type === 'approval.consumed')).toHaveLength(1);
  });

  it('that is rejected is a typed refusal', async () => {
    let callback = '';
    const asked = await asking((body) => {
      const { id, requestHash } = JSON.parse(body).data;
      void fetch(
        callback,
        signDecision({
          privateKey: ana.privateKey,
          id,
          requestHash,
          verdict: 'reject',
          comment: 'not today',
        }),
      );
      return { status: 204 };
    }, '20s');
    callback = asked.callback;
    await refuses(() => asked.bigquery.query(question), 'ERR_APPROVAL_REJECTED');
  });
});

describe('a guard that cannot do its work', () => {
  it('refuses when the audit folder cannot be written', async () => {
    const occupied = join(folder, 'occupied');
    await writeFile(occupied, '');
    const audit = JSON.stringify(join(folder, 'audit'));
    const config = join(folder, 'guard.yaml');
    await writeFile(config, ungated().replace(audit, JSON.stringify(join(occupied, 'audit'))));
    const bigquery = new BigQuery({ ...fake.clientOptions, guard: { config } });
    const before = fake.requests.length;
    await expect(bigquery.query(question)).rejects.toMatchObject({
      code: 403,
      guardCode: 'ERR_AUDIT_UNAVAILABLE',
    });
    expect(fake.requests.length).toBe(before);
  });

  it('refuses when its policy file has a typing error, and says where', async () => {
    const config = join(folder, 'guard.yaml');
    await writeFile(config, ungated().replace('effect: allow', 'effect: permit'));
    const bigquery = new BigQuery({ ...fake.clientOptions, guard: { config } });
    const before = fake.requests.length;
    await expect(bigquery.query(question)).rejects.toMatchObject({
      code: 403,
      guardCode: 'ERR_CONFIG',
      message: expect.stringMatching(/guard\.yaml:\d+:\d+ rules\.0\.effect/),
    });
    expect(fake.requests.length).toBe(before);
  });
});
