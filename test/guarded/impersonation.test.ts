import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { BigQuery as OfficialBigQuery } from '@google-cloud/bigquery';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, guard as guardExisting, withContext, type Guard } from '../../src/index.ts';
import { isJsonObject } from '../../src/call/json.ts';
import { startStandIn, type ClientOptions, type StandIn } from '../../src/testing/index.ts';
import { officialClients } from '../testing/official-clients.ts';
import { startFakeIam, type FakeIam } from '../transport/fake-iam.ts';
import { startProtectedBackend, type ProtectedBackend } from './protected-backend.ts';

/** Who is mapped to an account runs under it, and under nothing else; everybody else under the client's own. */
let standIn: StandIn;
let backend: ProtectedBackend;
let iam: FakeIam;
let folder: string;
let guard: Guard;

const account = 'analysts@acme.iam.gserviceaccount.com';
const asAccount = (line: string): boolean => line.includes(` as ${account}#`);

const policy = (extra: string): string => `version: 1
project: acme
principal: { id: ana, groups: [analysts] }
rules:
  - { name: shop, operations: [read, write, metadata], datasets: [shop, vault], effect: allow }
  - { name: accepted, principals: { groups: [accepted] }, operations: [read], datasets: [shop], nativePolicies: accept, effect: allow }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
impersonate:
  accounts:
    - { principals: { groups: [analysts] }, account: ${account} }
    - { principals: { groups: [twins] }, account: other@acme.iam.gserviceaccount.com }
  url: ${iam.url}
${extra}
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'vault'],
      statements: [
        'CREATE TABLE shop.orders (id INT64, total FLOAT64)',
        'INSERT INTO shop.orders VALUES (1, 9.5), (2, 3)',
        'CREATE TABLE shop.protected (id INT64)',
        'INSERT INTO shop.protected VALUES (7)',
        'CREATE VIEW shop.above AS SELECT id FROM shop.protected',
        'CREATE TABLE vault.secrets (id INT64)',
        'CREATE VIEW shop.authorized AS SELECT id FROM vault.secrets',
        "CREATE VIEW shop.mine AS SELECT id FROM shop.orders WHERE SESSION_USER() = 'x'",
      ],
    },
  });
  const official = new OfficialBigQuery(standIn.clientOptions);
  const view = { projectId: 'acme', datasetId: 'shop', tableId: 'authorized' };
  await official.dataset('vault').setMetadata({ access: [{ view }] });
  const policyTags = { names: ['projects/acme/locations/eu/taxonomies/1/policyTags/2'] };
  await official
    .dataset('shop')
    .createTable('tagged', { schema: [{ name: 'id', type: 'INT64', policyTags }] });
}, 60_000);

afterAll(() => standIn.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'impersonation-'));
  iam = await startFakeIam();
  backend = await startProtectedBackend(standIn.url, 'acme');
});

afterEach(async () => {
  await guard.close();
  await backend.close();
  await iam.close();
  await rm(folder, { recursive: true });
});

const options = (): ClientOptions & { readonly useAuthWithCustomEndpoint: true } => ({
  projectId: 'acme',
  apiEndpoint: backend.url,
  authClient: new OAuth2Client({ credentials: { access_token: 'main' } }),
  useAuthWithCustomEndpoint: true,
});

async function guarded(extra = ''): Promise<BigQuery> {
  const config = parseConfig(policy(extra));
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
    impersonate: config.file.impersonate,
  });
  return new BigQuery({ ...options(), guard });
}

async function events(type: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const audit = join(folder, 'audit');
  const files = (await readdir(audit)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((name) => readFile(join(audit, name), 'utf8')));
  const all = texts
    .join('')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  return all
    .filter(isJsonObject)
    .filter((event) => event['type'] === type)
    .flatMap(({ data }) => (isJsonObject(data) ? [{ ...data }] : []));
}

const kindsOf = (lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.map((line) => line.replace(/ as .*/, '').replace(/(jobs|queries)\/[^/]+/, '$1/…')));

const under = (who: 'main' | 'account'): ReadonlySet<string> =>
  kindsOf(backend.requests.filter((line) => (who === 'main' ? line.endsWith(' as main') : asAccount(line))));

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    const { code, guardCode, reasons, message }: Readonly<Record<string, unknown>> = Object(error);
    return { code, guardCode, rules: Array.isArray(reasons) ? reasons.map(({ rule }) => rule) : [], message };
  }
  return 'not refused';
}

/** What BigQuery judges for whoever runs the query. */
const protectedReads = [
  ['a table with row access policies', 'shop.protected'],
  ['the same beneath a view', 'shop.above'],
  ['a column with a policy tag', 'shop.tagged'],
  ['an authorized view', 'shop.authorized'],
  ['a query that asks for SESSION_USER()', "shop.orders WHERE SESSION_USER() = 'x'"],
  ['a view that asks for SESSION_USER()', 'shop.mine'],
] as const;

describe('a principal with a service account', () => {
  it('runs everything of its calls under it, and what the guard itself asks goes under the guard', async () => {
    const bigquery = await guarded('cost: { dryRun: always }');
    const [rows] = await bigquery.query('SELECT id FROM shop.orders ORDER BY id');
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
    const [job] = await bigquery.createQueryJob('SELECT total FROM shop.orders');
    await job.getQueryResults({ maxResults: 1 });
    await job.getMetadata();
    await job.cancel();
    await bigquery.dataset('shop').table('orders').getRows();
    await bigquery.getJobs();
    expect(under('main')).toEqual(new Set(['GET datasets/shop/tables/orders']));
    expect(under('account')).toEqual(
      new Set([
        'POST jobs dry run',
        'POST queries',
        'POST jobs',
        'GET queries/…',
        'GET jobs/…',
        'POST jobs/…/cancel',
        'GET datasets/shop/tables/orders',
        'GET datasets/shop/tables/orders/data',
        'GET jobs',
      ]),
    );
    expect(backend.requests.every((line) => line.endsWith(' as main') || asAccount(line))).toBe(true);
    expect(iam.requests.length).toBe(1);
  });

  it('writes under it: rows, uploads, copies and statements', async () => {
    const bigquery = await guarded();
    const table = bigquery.dataset('shop').table('orders');
    await bigquery.query('DELETE FROM shop.orders WHERE id > 100');
    await table.insert([{ id: 101, total: 1 }]);
    await table.copy(bigquery.dataset('shop').table('copied'));
    const file = join(folder, 'rows.json');
    await writeFile(file, '{"id":102,"total":2}\n');
    await table.load(file, { format: 'JSON' });
    await new Promise((resolve, reject) => {
      const stream = table.createWriteStream({ sourceFormat: 'NEWLINE_DELIMITED_JSON' });
      stream.on('complete', resolve).on('error', reject);
      stream.end('{"id":103,"total":3}\n');
    });
    expect(under('main')).toEqual(new Set(['GET datasets/shop/tables/orders']));
    expect(under('account')).toEqual(
      new Set([
        'POST datasets/shop/tables/orders/insertAll',
        'POST jobs',
        'GET queries/…',
        'GET jobs/…',
        'POST upload/jobs',
      ]),
    );
  });

  it.each(protectedReads)('reads %s', async (_what, from) => {
    const bigquery = await guarded();
    const error: unknown = await bigquery
      .query(`SELECT id FROM ${from}`)
      .catch((failure: unknown) => failure);
    // The stand-in knows no accounts, so that it may refuse what depends on them; the guard must not.
    expect(Reflect.get(Object(error), 'guardCode')).toBe(undefined);
    expect(under('account')).toContain('POST queries');
    expect([...under('main')].filter((line) => line.includes('rowAccessPolicies'))).toEqual([]);
  });

  it('reads rows of a protected table without a query', async () => {
    const bigquery = await guarded();
    const [rows] = await bigquery.dataset('shop').table('protected').getRows();
    expect(rows).toEqual([{ id: 7 }]);
  });

  it('is recorded: under which account a call runs, and each request is sent', async () => {
    const bigquery = await guarded();
    await bigquery.query('SELECT id FROM shop.protected');
    await withContext({ principal: { id: 'bob', groups: [] } }, () =>
      bigquery.query('SELECT id FROM shop.orders'),
    );
    await guard.close();
    expect((await events('call.started')).map((data) => data['account'])).toEqual([account, undefined]);
    expect((await events('query.started')).map(({ purpose, account: as }) => [purpose, as])).toEqual([
      ['own', undefined],
      ['statement', account],
      ['own', undefined],
      ['own', undefined],
      ['statement', undefined],
    ]);
  });

  it('keeps the tokens to itself: neither the record nor answers nor errors hold them', async () => {
    const bigquery = await guarded();
    const answers: unknown[] = [await bigquery.createQueryJob('SELECT id FROM shop.orders')];
    answers.push(await bigquery.query('SELECT 1 / 0').catch((error: unknown) => error));
    answers.push(await bigquery.dataset('shop').getMetadata());
    await guard.close();
    const record = await readFile(
      join(folder, 'audit', (await readdir(join(folder, 'audit')))[0] ?? ''),
      'utf8',
    );
    expect(record).toContain(account);
    for (const text of [record, ...answers.map((answer) => inspect(answer, { depth: 12 }))]) {
      expect(text).not.toContain(`${account}#`);
    }
  });

  it('is refused when no token can be had, and nothing is sent under the guard in its place', async () => {
    const bigquery = await guarded();
    iam.failing = { status: 403, message: 'denied' };
    expect(await refusal(bigquery.query('SELECT id FROM shop.orders'))).toEqual({
      code: 403,
      guardCode: 'ERR_IDENTITY_UNAVAILABLE',
      rules: ['impersonate'],
      message: expect.stringMatching(
        /no access token could be had for it: the answer was 403\. .* nothing was sent/,
      ),
    });
    const file = join(folder, 'rows.json');
    await writeFile(file, '{"id":102,"total":2}\n');
    expect(
      await refusal(bigquery.dataset('shop').table('orders').load(file, { format: 'JSON' })),
    ).toMatchObject({
      guardCode: 'ERR_IDENTITY_UNAVAILABLE',
    });
    expect([...under('main')].filter((line) => !line.startsWith('GET datasets/shop/tables/orders'))).toEqual(
      [],
    );
    expect(under('account')).toEqual(new Set());
  });

  it('is refused when two are named for it, before anything is sent', async () => {
    const bigquery = await guarded();
    const both = { id: 'eve', groups: ['analysts', 'twins'] };
    expect(
      await refusal(withContext({ principal: both }, () => bigquery.query('SELECT id FROM shop.orders'))),
    ).toMatchObject({
      code: 403,
      guardCode: 'ERR_POLICY_DENIED',
      message: expect.stringMatching(/names more than one service account for this principal/),
    });
    expect([backend.requests, iam.requests]).toEqual([[], []]);
  });

  it('keeps credentials that the program put on a request off it', async () => {
    const bigquery = await guarded();
    // The client's types of interceptors and ours of optional members do not go together.
    Reflect.apply(Array.prototype.push, bigquery.interceptors, [
      { request: (sent: object) => Object.assign(sent, { headers: { Authorization: 'Bearer smuggled' } }) },
    ]);
    await bigquery.query('SELECT id FROM shop.orders');
    expect(backend.requests.filter((line) => line.includes('smuggled'))).toEqual([]);
    expect(under('account')).toContain('POST queries');
  });

  it.each(officialClients)(
    'runs under it through client $version that was guarded later, too',
    async ({ connect }) => {
      await guarded();
      const later = guardExisting(connect(options()), guard);
      const [rows] = await later.query('SELECT id FROM shop.protected');
      expect(rows).toEqual([{ id: 7 }]);
      const file = join(folder, 'rows.json');
      await writeFile(file, '{"id":102,"total":2}\n');
      await later.dataset('shop').table('orders').load(file, { format: 'JSON' });
      expect(under('account')).toEqual(new Set(['POST queries', 'POST upload/jobs', 'GET jobs/…']));
      expect([...under('main')].filter((line) => !line.startsWith('GET datasets/'))).toEqual([]);
    },
  );
});

const asBob = <T>(work: () => Promise<T>): Promise<T> =>
  withContext({ principal: { id: 'bob', groups: [] } }, work);

describe('a principal without a service account', () => {
  it('runs under the guard', async () => {
    const bigquery = await guarded();
    await asBob(() => bigquery.query('SELECT id FROM shop.orders'));
    expect(under('account')).toEqual(new Set());
    expect(under('main')).toContain('POST queries');
  });

  it.each(protectedReads)('is refused %s', async (_what, from) => {
    const bigquery = await guarded();
    const read = asBob(() => bigquery.query(`SELECT id FROM ${from}`));
    expect(await refusal(read)).toMatchObject({ guardCode: 'ERR_POLICY_DENIED', rules: ['nativePolicies'] });
    expect(backend.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  it('is let in by a rule that says so, and the record names it', async () => {
    const bigquery = await guarded();
    const carl = { principal: { id: 'carl', groups: ['accepted'] } };
    const [rows] = await withContext(carl, () => bigquery.query('SELECT id FROM shop.protected'));
    expect(rows).toEqual([{ id: 7 }]);
    await guard.close();
    const decisions = await events('decision.made');
    expect(decisions.map(({ nativePolicies }) => nativePolicies)).toEqual([['accepted']]);
  });

  it('asks anew what costs: an estimate for an account is none for the guard', async () => {
    const bigquery = await guarded('cost: { dryRun: always }');
    await bigquery.query('SELECT id FROM shop.orders');
    await asBob(() => bigquery.query('SELECT id FROM shop.orders'));
    const dryRuns = backend.requests.filter((line) => line.includes('dry run'));
    expect(dryRuns.map((line) => asAccount(line))).toEqual([true, false]);
  });
});

it('a guard whose transport has credentials of its own takes no accounts', () => {
  const transport = { handle: () => Promise.reject(new Error('unused')) };
  expect(() => createGuard({ middleware: [], transport, impersonate: { accounts: [{ account }] } })).toThrow(
    /takes impersonate or transport, not both/,
  );
});
