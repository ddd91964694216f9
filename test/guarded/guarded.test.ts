import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { startStandIn, type ClientOptions, type StandIn } from '../../src/testing/index.ts';

/** The real line: official client, all middleware as `guard.yaml` builds it, statements that really run. */
let standIn: StandIn;
let options: ClientOptions;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const policy = (audit: string): string => `version: 1
project: acme
principal: { id: agent-a, groups: [agents] }
tags:
  pii: { columns: [shop.customers.email, "shop.customers.address.zip", "**.card"] }
  hidden: { datasets: [hr] }
rules:
  - { name: read-shop, operations: [read], datasets: [shop], effect: allow }
  - { name: look-at-shop, operations: [metadata], datasets: [shop], effect: allow }
  - { name: write-shop, principals: { groups: [writers] }, operations: [write, ddl], datasets: [shop, scratch], effect: allow }
  - { name: no-hr, tags: [hidden], effect: deny, reason: HR is closed. }
masks:
  - { name: hide-pii, tags: [pii], with: nullify, except: { groups: [cleared] } }
audit: { folder: ${JSON.stringify(audit)} }
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'hr', 'scratch'],
      statements: [
        `CREATE TABLE shop.customers (id INT64, name STRING, email STRING, tags ARRAY<STRING>, address STRUCT<city STRING, zip STRING>)`,
        `INSERT INTO shop.customers VALUES
           (1, 'Ada', 'ada@secret.example', ['a', 'b'], STRUCT('London', 'SECRET-N1')),
           (2, 'Bob', NULL, [], STRUCT('Paris', 'SECRET-75001')),
           (3, 'Cleo', 'cleo@secret.example', ['c'], NULL)`,
        `CREATE TABLE shop.orders (id INT64, customer_id INT64, amount NUMERIC)`,
        `INSERT INTO shop.orders VALUES (10, 1, 12.5), (11, 1, 7), (12, 3, 1)`,
        `CREATE TABLE hr.people (name STRING, salary INT64)`,
        `INSERT INTO hr.people VALUES ('Ada', 424242)`,
        `CREATE VIEW shop.people_view AS SELECT name, salary FROM hr.people`,
      ],
    },
  });
  options = standIn.clientOptions;
});

afterAll(async () => {
  await standIn.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-'));
  const config = parseConfig(policy(join(folder, 'audit')));
  const middleware = await buildMiddleware(config, { environment: {} });
  guard = createGuard({ middleware, principal: config.file.principal });
  bigquery = new BigQuery({ ...options, guard });
});

afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

async function rows(sql: string, client: BigQuery = bigquery): Promise<unknown> {
  const [found] = await client.query(sql);
  return JSON.parse(JSON.stringify(found));
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isGuardError(error)) {
      expect(error).toMatchObject({ code: 403, errors: [{ reason: 'accessDenied' }] });
      return error.guardCode;
    }
    throw error;
  }
  return 'not refused';
}

const as = <T>(groups: readonly string[], work: () => T): T =>
  withContext({ principal: { id: groups.join('-'), groups } }, work);

describe('a guarded query', () => {
  it('that is allowed answers as BigQuery does', async () => {
    expect(
      await rows('SELECT customer_id, COUNT(*) AS n FROM shop.orders GROUP BY customer_id ORDER BY 1'),
    ).toEqual([
      { customer_id: 1, n: 2 },
      { customer_id: 3, n: 1 },
    ]);
  });

  it('that touches no table is allowed to whoever may read', async () => {
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('may keep rows in a temporary table of its script', async () => {
    const script = 'CREATE TEMP TABLE kept AS SELECT id FROM shop.orders; SELECT COUNT(*) AS n FROM kept';
    expect(await rows(script)).toEqual([{ n: 3 }]);
  });

  it.each([
    ['a star', 'SELECT * FROM shop.customers ORDER BY id'],
    ['an alias', 'SELECT c.id, c.email AS e, c.address FROM shop.customers AS c ORDER BY id'],
    ['a function', `SELECT UPPER(email), LENGTH(email), SUBSTR(email, 2) FROM shop.customers`],
    ['a filter', `SELECT id FROM shop.customers WHERE email LIKE '%secret%'`],
    ['a filter on NULL', 'SELECT COUNT(*) AS n FROM shop.customers WHERE email IS NOT NULL'],
    ['a group', 'SELECT email, COUNT(*) AS n FROM shop.customers GROUP BY email'],
    ['an order', 'SELECT id FROM shop.customers ORDER BY email DESC, id'],
    ['a join', 'SELECT a.id FROM shop.customers AS a JOIN shop.customers AS b ON a.email = b.email'],
    ['a common table', 'WITH c AS (SELECT * FROM shop.customers) SELECT email FROM c'],
    ['a subquery', 'SELECT (SELECT MAX(email) FROM shop.customers) AS m'],
    ['an array', 'SELECT ARRAY(SELECT email FROM shop.customers WHERE email IS NOT NULL) AS a'],
    ['a whole row', 'SELECT TO_JSON_STRING(c) AS j FROM shop.customers AS c'],
    ['a record', 'SELECT TO_JSON_STRING(address) AS j FROM shop.customers'],
    ['a field', 'SELECT address.zip FROM shop.customers'],
    ['a set operation', 'SELECT name FROM shop.customers UNION ALL SELECT email FROM shop.customers'],
    ['a window', 'SELECT id, FIRST_VALUE(email) OVER (ORDER BY email DESC) AS f FROM shop.customers'],
    ['a pipe', 'FROM shop.customers |> WHERE email IS NOT NULL |> SELECT email'],
  ])('with %s never shows or depends on what is masked', async (_what, sql) => {
    const answer = await rows(sql).catch((error: unknown) => {
      if (isGuardError(error)) return error.guardCode;
      throw error;
    });
    expect(JSON.stringify(answer).toLowerCase()).not.toContain('secret');
    const [same] = await new BigQuery({ ...options, guard: createGuard({ middleware: [] }) })
      .query(
        sql.replaceAll(
          'shop.customers',
          '(SELECT id, name, CAST(NULL AS STRING) AS email, tags, IF(address IS NULL, NULL, STRUCT(address.city AS city, CAST(NULL AS STRING) AS zip)) AS address FROM shop.customers)',
        ),
      )
      .catch(() => [undefined]);
    if (typeof answer !== 'string' && same !== undefined)
      expect(answer).toEqual(JSON.parse(JSON.stringify(same)));
  });

  it('keeps NULL records NULL and arrays in order', async () => {
    expect(await rows('SELECT id, tags, address FROM shop.customers ORDER BY id')).toEqual([
      { id: 1, tags: ['a', 'b'], address: { city: 'London', zip: null } },
      { id: 2, tags: [], address: { city: 'Paris', zip: null } },
      { id: 3, tags: ['c'], address: null },
    ]);
  });

  it('shows a cleared principal the values', async () => {
    const found = await as(['cleared'], () => rows('SELECT email FROM shop.customers WHERE id = 1'));
    expect(found).toEqual([{ email: 'ada@secret.example' }]);
  });

  it.each([
    ['a closed table', 'SELECT name FROM hr.people', 'ERR_POLICY_DENIED'],
    ['a closed table beneath a view', 'SELECT * FROM shop.people_view', 'ERR_POLICY_DENIED'],
    ['another project', 'SELECT 1 FROM `other.shop.orders`', 'ERR_POLICY_DENIED'],
    ['a write', 'INSERT INTO shop.orders (id) VALUES (99)', 'ERR_POLICY_DENIED'],
    ['a table made of it', 'CREATE TABLE shop.copy AS SELECT * FROM shop.orders', 'ERR_POLICY_DENIED'],
    ['dynamic SQL', `EXECUTE IMMEDIATE 'SELECT * FROM hr.people'`, 'ERR_SQL_UNPROVEN'],
    ['text that is no SQL', 'SELECT FROM WHERE', 'ERR_SQL_SYNTAX'],
    ['an unknown column', 'SELECT nothing FROM shop.orders', 'ERR_SQL_UNPROVEN'],
    ['a hidden directive', '#legacySQL\nSELECT 1', 'ERR_SQL_SYNTAX'],
  ])('of %s is refused and not sent', async (_what, sql, code) => {
    const before = standIn.requests.length;
    expect(await refusal(bigquery.query(sql))).toBe(code);
    const sent = standIn.requests.slice(before).filter(({ method }) => method === 'POST');
    expect(sent).toEqual([]);
  });

  it('of a closed table causes no request at all and names nothing', async () => {
    const before = standIn.requests.length;
    const error: unknown = await bigquery
      .query('SELECT name FROM hr.people')
      .catch((reason: unknown) => reason);
    expect(standIn.requests.length).toBe(before);
    expect(error).toMatchObject({ message: expect.stringContaining('no-hr: HR is closed.') });
  });

  it('does not carry masked columns into another table, whoever asks', async () => {
    const copy = 'CREATE TABLE scratch.copy AS SELECT id, email FROM shop.customers';
    expect(await refusal(as(['writers', 'cleared'], () => bigquery.query(copy)))).toBe('ERR_POLICY_DENIED');
    await as(['writers'], () => bigquery.query(copy));
    expect(
      await standIn.engine.query({
        sql: 'SELECT COUNT(email) FROM scratch.copy',
        project: 'acme',
        parameters: [],
      }),
    ).toMatchObject({
      rows: [{ f: [{ v: '0' }] }],
    });
  });
});

describe('masked values', () => {
  it('do not move into another column of their table, whoever asks', async () => {
    const update = 'UPDATE shop.customers SET name = email WHERE id = 3';
    expect(await refusal(as(['writers', 'cleared'], () => bigquery.query(update)))).toBe('ERR_POLICY_DENIED');
    await as(['writers', 'cleared'], () => bigquery.query(update.replace('name', 'email')));
  });
});

describe('rows without a query', () => {
  it('are masked by column, page by page', async () => {
    const [first, next] = await bigquery
      .dataset('shop')
      .table('customers')
      .getRows({ maxResults: 2, autoPaginate: false });
    expect(JSON.stringify(first)).not.toContain('secret');
    expect(JSON.parse(JSON.stringify(first))).toEqual([
      { id: 1, name: 'Ada', email: null, tags: ['a', 'b'], address: { city: 'London', zip: null } },
      { id: 2, name: 'Bob', email: null, tags: [], address: { city: 'Paris', zip: null } },
    ]);
    const [second] = await bigquery
      .dataset('shop')
      .table('customers')
      .getRows(next ?? {});
    expect(JSON.parse(JSON.stringify(second))).toEqual([
      { id: 3, name: 'Cleo', email: null, tags: ['c'], address: null },
    ]);
  });

  it('of a closed table are refused', async () => {
    expect(await refusal(bigquery.dataset('hr').table('people').getRows())).toBe('ERR_POLICY_DENIED');
  });

  it('do not leave by a copy job', async () => {
    const { customers, copy } = {
      customers: bigquery.dataset('shop').table('customers'),
      copy: bigquery.dataset('scratch').table('all'),
    };
    expect(await refusal(as(['writers'], () => customers.copy(copy)))).toBe('ERR_SQL_UNPROVEN');
    expect(await refusal(as(['writers', 'cleared'], () => customers.copy(copy)))).toBe('ERR_POLICY_DENIED');
  });
});

describe('a job', () => {
  it('is followed by whoever started it, and shows its own SQL', async () => {
    const sql = 'SELECT id, email FROM shop.customers ORDER BY id';
    const [job] = await bigquery.createQueryJob(sql);
    const [found] = await job.getQueryResults();
    expect(JSON.parse(JSON.stringify(found))).toEqual([
      { id: 1, email: null },
      { id: 2, email: null },
      { id: 3, email: null },
    ]);
    const [metadata] = await job.getMetadata();
    expect(metadata.configuration.query.query).toBe(sql);
    expect(JSON.stringify(metadata)).not.toMatch(/CAST\(NULL|queryPlan|timeline/);
  });

  it('of somebody else is unknown', async () => {
    const [job] = await bigquery.createQueryJob('SELECT id FROM shop.orders');
    expect(await refusal(as(['agents'], () => job.getQueryResults()))).toBe('ERR_POLICY_DENIED');
    expect(await refusal(as(['agents'], () => bigquery.job(job.id ?? '').get()))).toBe('ERR_POLICY_DENIED');
  });
});

describe('the record', () => {
  it('tells of every call, holds no row value, and is whole', async () => {
    await rows('SELECT name, email FROM shop.customers');
    await refusal(bigquery.query('SELECT name FROM hr.people'));
    await guard.close();
    const audit = join(folder, 'audit');
    const files = (await readdir(audit)).filter((name) => name.endsWith('.jsonl'));
    const text = (await Promise.all(files.map((name) => readFile(join(audit, name), 'utf8')))).join('');
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      'audit.opened',
      'policy.changed',
      'call.started',
      // The table, then its row access policies.
      'query.started',
      'query.started',
      'decision.made',
      'query.started',
      'call.finished',
      'call.started',
      'decision.made',
      'call.failed',
      'audit.closed',
    ]);
    expect(text).not.toMatch(/secret\.example|Ada/);
  });
});

describe('a table that was just made', () => {
  it('can be read at once, also after it was asked for in vain', async () => {
    const sql = 'SELECT n FROM shop.fresh';
    expect(await refusal(bigquery.query(sql))).toBe('ERR_SQL_UNPROVEN');
    await as(['writers'], () => bigquery.query('CREATE TABLE shop.fresh AS SELECT 1 AS n'));
    expect(await rows(sql)).toEqual([{ n: 1 }]);
  });
});
