import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { catalogOf } from '../../src/config/catalog.ts';
import { nativeOf } from '../../src/config/native.ts';
import {
  costKey,
  decisionKey,
  estimates,
  jobRegistry,
  limits,
  maskedCost,
  masking,
  memoryBudgets,
  policy as policyLayer,
  type Middleware,
} from '../../src/middleware/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Budgets and limits as `guard.yaml` states them, on the official client and statements that really run. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const mebibyte = 1024 * 1024;

const policy = (audit: string, extra: string): string => `version: 1
project: acme
principal: { id: agent-a, groups: [agents] }
tags:
  pii: { columns: [shop.customers.email] }
rules:
  - { name: read-shop, operations: [read, metadata], datasets: [shop], effect: allow }
  - { name: write-scratch, operations: [write, ddl], datasets: [scratch], effect: allow }
masks:
  - { name: hide-pii, tags: [pii], with: nullify }
audit: { folder: ${JSON.stringify(audit)} }
${extra}
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'scratch'],
      statements: [
        `CREATE TABLE shop.customers (id INT64, email STRING)`,
        `INSERT INTO shop.customers VALUES (1, 'ada@secret.example'), (2, NULL)`,
        `CREATE TABLE shop.orders (id INT64, customer_id INT64)`,
        `INSERT INTO shop.orders VALUES (10, 1), (11, 1), (12, 2)`,
        `CREATE TABLE shop.visits (path STRING)`,
        `INSERT INTO shop.visits SELECT REPEAT('x', 1024) FROM UNNEST(GENERATE_ARRAY(1, 31000))`,
      ],
    },
  });
}, 60_000);

afterAll(async () => {
  await standIn.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cost-'));
  standIn.requests.length = 0;
});

afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

async function guarded(extra: string): Promise<BigQuery> {
  const config = parseConfig(policy(join(folder, 'audit'), extra));
  const middleware = await buildMiddleware(config, { environment: {} });
  guard = createGuard({ middleware, principal: config.file.principal });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
  return bigquery;
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    if (!isGuardError(error)) throw error;
    expect(error).toMatchObject({ code: 403, errors: [{ reason: 'accessDenied' }] });
    return [error.guardCode, error.reasons[0]?.rule];
  }
  return 'not refused';
}

/** What stands in the budget file: spent by each counter that is a budget, and the number of open leases. */
async function spent(): Promise<unknown> {
  const { counters, leases } = JSON.parse(await readFile(join(folder, 'audit', 'budgets.json'), 'utf8'));
  return {
    spent: counters.map(({ spent: amount }: { spent: string }) => Number(amount)),
    open: leases.length,
  };
}

interface Sent {
  readonly dryRun: boolean;
  readonly sql: string;
  readonly maximum: string | undefined;
}

/** The statements that reached BigQuery. */
function sent(): readonly Sent[] {
  return standIn.requests
    .filter(({ method, path }) => method === 'POST' && /\/(queries|jobs)$/.test(path))
    .map(({ body }) => {
      const request = JSON.parse(JSON.stringify(body));
      const settings = request.configuration?.query ?? request;
      return {
        dryRun: request.configuration?.dryRun === true,
        sql: settings.query,
        maximum: settings.maximumBytesBilled,
      };
    });
}

const askAs = (id: string): Promise<unknown> =>
  withContext({ principal: { id, groups: ['agents'] } }, () =>
    refusal(bigquery.query(`SELECT id, '${id}' AS who FROM shop.orders`)),
  );

describe('a budget', () => {
  it('is held before a query by what its dry run says, and counts what was billed', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    const sql = 'SELECT COUNT(*) AS n, MAX(path) AS p FROM shop.visits';
    const [rows] = await bigquery.query(sql);
    expect(rows).toMatchObject([{ n: 31_000 }]);
    expect(sent()).toEqual([
      { dryRun: true, sql, maximum: undefined },
      { dryRun: false, sql, maximum: String(40 * mebibyte) },
    ]);
    expect(await spent()).toEqual({ spent: [31 * mebibyte], open: 0 });
  });

  it('that is used up refuses further queries, by its name, until the next day', async () => {
    await guarded('budgets: [{ name: day, bytes: 25 MiB }]');
    await bigquery.query('SELECT id FROM shop.orders');
    await bigquery.query('SELECT customer_id FROM shop.orders');
    expect(await refusal(bigquery.query('SELECT id + 1 AS x FROM shop.orders'))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'day',
    ]);
    expect(await spent()).toEqual({ spent: [20 * mebibyte], open: 0 });
    expect(sent().filter(({ dryRun }) => !dryRun)).toHaveLength(2);
  });

  it('is one for each principal, or one for everyone', async () => {
    await guarded('budgets: [{ name: own, bytes: 10 MiB }, { name: all, per: everyone, bytes: 20 MiB }]');
    expect(await askAs('a')).toBe('not refused');
    expect(await askAs('a')).toEqual(['ERR_LIMIT_EXCEEDED', 'own']);
    expect(await askAs('b')).toBe('not refused');
    expect(await askAs('c')).toEqual(['ERR_LIMIT_EXCEEDED', 'all']);
  });

  it('in money holds and counts the price of the bytes', async () => {
    await guarded('cost: { pricePerTiB: 104857.6 }\nbudgets: [{ name: money, per: agent, price: 2.5 }]');
    await bigquery.query('SELECT id FROM shop.orders');
    expect(await spent()).toEqual({ spent: [1_000_000], open: 0 });
    const join2 = 'SELECT o.id FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer_id';
    expect(await refusal(bigquery.query(join2))).toEqual(['ERR_LIMIT_EXCEEDED', 'money']);
  });

  it('survives the process, and a file that is damaged refuses every query', async () => {
    await guarded('budgets: [{ name: day, bytes: 10 MiB }]');
    await bigquery.query('SELECT id FROM shop.orders');
    await guard.close();
    await guarded('budgets: [{ name: day, bytes: 10 MiB }]');
    expect(await refusal(bigquery.query('SELECT id FROM shop.orders'))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'day',
    ]);
    await writeFile(join(folder, 'audit', 'budgets.json'), '{');
    expect(await refusal(bigquery.query('SELECT id FROM shop.orders'))).toEqual([
      'ERR_COST_UNAVAILABLE',
      'budgets',
    ]);
  });

  it('is settled when a job that was started before is polled to its end', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    const [job] = await bigquery.createQueryJob('SELECT MAX(path) AS p FROM shop.visits');
    const [rows] = await job.getQueryResults();
    expect(rows).toHaveLength(1);
    expect(await spent()).toEqual({ spent: [31 * mebibyte], open: 0 });
  });

  it('is settled for jobs that nobody asks about before it refuses', async () => {
    await guarded('budgets: [{ name: day, bytes: 45 MiB }]');
    const job = 'SELECT id FROM shop.orders';
    await bigquery.createQueryJob(job);
    await bigquery.createQueryJob(`${job} LIMIT 1`);
    await bigquery.createQueryJob(`${job} LIMIT 2`);
    await bigquery.createQueryJob(`${job} LIMIT 3`);
    expect(await refusal(bigquery.query('SELECT MAX(path) AS p FROM shop.visits'))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'day',
    ]);
    expect(await spent()).toEqual({ spent: [40 * mebibyte], open: 0 });
  });

  it('counts nothing for a query that BigQuery refuses', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    const error = await bigquery.query('SELECT 1 + "a" AS x FROM shop.orders').catch((failure) => failure);
    expect(error).toMatchObject({ code: 400 });
    expect(isGuardError(error)).toBe(false);
  });

  it('makes a script state what it may bill, and holds that for each of its statements', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    const query = 'SELECT id FROM shop.orders; SELECT id FROM shop.customers';
    expect(await refusal(bigquery.query(query))).toEqual(['ERR_LIMIT_EXCEEDED', 'day']);
    const [rows] = await bigquery.query({ query, maximumBytesBilled: String(40 * mebibyte) });
    expect(rows).toHaveLength(2);
    const events = await readFile(join(folder, 'audit', 'audit-0001.jsonl'), 'utf8');
    expect(events).toContain(`"bytes":${80 * mebibyte},"expiresAt"`);
  });
});

describe('the cost that a layer asks the policy for', () => {
  it('is that of the masked text, and is asked of BigQuery once', async () => {
    const { policy: document } = parseConfig(policy(join(folder, 'audit'), ''));
    const estimate = estimates();
    const learned: unknown[] = [];
    const learning: Middleware = {
      name: 'learning',
      async handle(call, context, next) {
        const decision = context.get(decisionKey);
        const masks = decision?.effect === 'allow' ? decision.masks : [];
        learned.push(await context.get(costKey)?.(masks));
        return next(call);
      },
    };
    const budgets = [{ name: 'day', per: 'principal', period: 'day', bytes: 100n << 20n } as const];
    guard = createGuard({
      middleware: [
        policyLayer({
          document,
          jobs: jobRegistry(),
          catalog: catalogOf(),
          native: nativeOf(),
          cost: maskedCost(estimate),
        }),
        learning,
        masking(),
        limits({ limits: [], budgets, estimate, store: memoryBudgets() }),
      ],
    });
    bigquery = new BigQuery({ ...standIn.clientOptions, guard });
    await bigquery.query('SELECT id, email FROM shop.customers');
    await bigquery.dataset('shop').table('orders').getMetadata();
    expect(learned).toEqual([
      {
        bytes: 16n,
        billedBytes: BigInt(10 * mebibyte),
        price: 0.00006,
        referencedTables: [{ project: 'acme', dataset: 'shop', name: 'customers' }],
        statementType: 'SELECT',
        undeclaredParameters: [],
        bounded: true,
      },
      undefined,
    ]);
    expect(sent().map(({ dryRun }) => dryRun)).toEqual([true, false]);
  });
});

describe('the text that is dry-run', () => {
  it('is the masked one, which is the one that runs', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    const [rows] = await bigquery.query('SELECT id, email FROM shop.customers ORDER BY id');
    expect(rows).toEqual([
      { id: 1, email: null },
      { id: 2, email: null },
    ]);
    const [dry, run] = sent();
    expect(dry?.dryRun).toBe(true);
    expect(dry?.sql).toBe(run?.sql);
    expect(dry?.sql).not.toBe('SELECT id, email FROM shop.customers ORDER BY id');
  });

  it('is asked for once in a while, not each time', async () => {
    await guarded('budgets: [{ name: day, bytes: 100 MiB }]');
    await bigquery.query('SELECT id FROM shop.orders');
    await bigquery.query('SELECT id FROM shop.orders');
    expect(sent().map(({ dryRun }) => dryRun)).toEqual([true, false, false]);
  });
});

describe('a limit', () => {
  it('refuses what its dry run says is too much, and nothing runs', async () => {
    await guarded('limits: [{ name: cheap, maximumBytesBilled: 20 MiB }]\ncost: { dryRun: always }');
    expect(await refusal(bigquery.query('SELECT path FROM shop.visits'))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'cheap',
    ]);
    expect(sent().map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  it('of less than BigQuery bills for two tables refuses every join', async () => {
    await guarded('limits: [{ name: tiny, maximumBytesBilled: 10 MiB }]');
    expect(await refusal(bigquery.query('SELECT id FROM shop.orders'))).toBe('not refused');
    const sql = 'SELECT o.id FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer_id';
    expect(await refusal(bigquery.query(sql))).toEqual(['ERR_LIMIT_EXCEEDED', 'tiny']);
  });

  it('never raises what the caller set itself', async () => {
    await guarded(
      'limits: [{ name: cheap, maximumBytesBilled: 1 GiB }]\nbudgets: [{ name: day, bytes: 100 MiB }]',
    );
    const query = 'SELECT id FROM shop.orders';
    await bigquery.query({ query, maximumBytesBilled: '10485761' });
    await bigquery.query({ query, maximumBytesBilled: String(1024 * mebibyte) });
    expect(sent().flatMap(({ dryRun, maximum }) => (dryRun ? [] : [maximum]))).toEqual([
      '10485760',
      '10485760',
    ]);
    const low = await bigquery
      .query({ query: 'SELECT path FROM shop.visits', maximumBytesBilled: '10485761' })
      .catch((error: unknown) => error);
    expect(low).toMatchObject({ errors: [{ reason: 'bytesBilledLimitExceeded' }] });
    expect(sent().at(-1)?.maximum).toBe('10485761');
    expect(await spent()).toEqual({ spent: [20 * mebibyte], open: 0 });
  });

  it('on rows refuses a result with more, and shows the first page of a larger table', async () => {
    await guarded('limits: [{ name: few, rows: { max: 2 } }]');
    expect(await refusal(bigquery.query('SELECT id FROM shop.customers'))).toBe('not refused');
    expect(await refusal(bigquery.query('SELECT id FROM shop.orders'))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'few',
    ]);
    const orders = bigquery.dataset('shop').table('orders');
    const [rows] = await orders.getRows({ autoPaginate: false });
    expect(rows).toHaveLength(2);
    expect(await refusal(orders.getRows())).toEqual(['ERR_LIMIT_EXCEEDED', 'few']);
    expect(await refusal(orders.getRows({ startIndex: '1', maxResults: 1, autoPaginate: false }))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'few',
    ]);
    const [job] = await bigquery.createQueryJob('SELECT id FROM shop.orders');
    expect(await refusal(job.getQueryResults())).toEqual(['ERR_LIMIT_EXCEEDED', 'few']);
  });

  it('on calls counts those that begin within a minute', async () => {
    await guarded('limits: [{ name: slow, callsPerMinute: 2 }]');
    await bigquery.query('SELECT 1 AS a');
    await bigquery.query('SELECT 2 AS a');
    expect(await refusal(bigquery.query('SELECT 3 AS a'))).toEqual(['ERR_LIMIT_EXCEEDED', 'slow']);
  });

  it('on jobs lets the next one begin when one has ended', async () => {
    await guarded('limits: [{ name: one, concurrent: 1 }]');
    const query = 'SELECT id FROM shop.orders';
    const ends = await Promise.all([1, 2, 3].map((n) => refusal(bigquery.query(`${query} LIMIT ${n}`))));
    expect(ends.filter((end) => end === 'not refused').length).toBeGreaterThanOrEqual(1);
    expect(await refusal(bigquery.query(query))).toBe('not refused');
    expect(await spent()).toMatchObject({ open: 0 });
  });
});
