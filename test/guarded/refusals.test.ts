import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

/** In names that teams choose, and that must stay names. */
const odd = "x') OR 1=1; DROP TABLE `shop.orders`; -- \\";

let fake: FakeBigQuery;
let folder: string;
let guard: Guard | undefined;

beforeAll(async () => {
  fake = await fakeBigQuery({
    project: 'acme',
    tables: {
      'shop.customers': { schema: 'id:INTEGER, email:STRING, note:STRING', rows: [] },
      'hr.salaries': { schema: 'id:INTEGER, bonus:INTEGER', rows: [] },
    },
    queries: [{ match: /customers/, schema: 'id:INTEGER, email:STRING', rows: [{ id: 1, email: 'a' }] }],
  });
});

afterAll(async () => {
  await fake.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refusals-'));
});

afterEach(async () => {
  await guard?.close();
  await rm(folder, { recursive: true });
});

async function client(text: string): Promise<BigQuery> {
  const audit = JSON.stringify(join(folder, 'audit'));
  const config = parseConfig(`version: 1\nproject: acme\naudit: { folder: ${audit} }\n${text}`);
  const middleware = await buildMiddleware(config, { environment: {} });
  guard = createGuard({ middleware, principal: { id: 'agent-a', groups: ['agents'] } });
  return new BigQuery({ ...fake.clientOptions, guard });
}

const policy = `tags: { note: { columns: [shop.customers.note] }, mail: { columns: [shop.customers.email] } }
rules:
  - { name: read-shop, operations: [read], datasets: [shop], effect: allow }
  - { name: no-notes, tags: [note], effect: deny, reason: Notes are closed. }
  - { name: no-joins, when: facts.crossJoin, effect: deny }
  - { name: odd-clock, when: '1 / (now.getFullYear() - now.getFullYear()) > 0 && facts.kind == "UPDATE"', operations: [write], effect: deny }
masks: [{ name: hide, tags: [mail], with: nullify }]
`;

describe('a refusal', () => {
  it.each([
    ['by a rule', 'SELECT note FROM shop.customers', 'ERR_POLICY_DENIED', 'no-notes'],
    [
      'by a rule without a reason',
      'SELECT a.id FROM shop.customers AS a CROSS JOIN shop.customers AS b',
      'ERR_POLICY_DENIED',
      'no-joins',
    ],
    [
      'by a condition that cannot be judged',
      'UPDATE shop.customers SET id = 1 WHERE true',
      'ERR_POLICY_DENIED',
      'odd-clock',
    ],
    ['where no rule allows', 'SELECT id FROM hr.salaries', 'ERR_POLICY_DENIED', 'default'],
    ['of what is not there, in the same words', 'SELECT id FROM hr.nothing', 'ERR_POLICY_DENIED', 'default'],
    ['of a dataset that is not there', 'SELECT id FROM nowhere.nothing', 'ERR_POLICY_DENIED', 'default'],
    ['of metadata', 'SELECT * FROM hr.INFORMATION_SCHEMA.TABLES', 'ERR_POLICY_DENIED', 'default'],
    ['of dynamic SQL', "EXECUTE IMMEDIATE 'SELECT 1'", 'ERR_SQL_UNPROVEN', undefined],
    ['of what is no SQL', 'SELEC id FROM shop.customers', 'ERR_SQL_SYNTAX', undefined],
    ['of an unknown column', 'SELECT bonus FROM shop.customers', 'ERR_SQL_UNPROVEN', undefined],
  ])('%s has a code, a rule, a reason, and no hidden name', async (_what, sql, code, rule) => {
    const bigquery = await client(policy);
    const error: unknown = await bigquery.query(sql).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isGuardError(error)) throw new Error(`it was not refused by the guard: ${String(error)}`);
    expect([error.guardCode, error.retryable]).toEqual([code, false]);
    expect(error.reasons.map((reason) => reason.message).every((message) => message.length > 10)).toBe(true);
    if (rule !== undefined) expect(error.reasons.map((reason) => reason.rule)).toContain(rule);
    const told = JSON.stringify([error.message, error.reasons]).toLowerCase();
    for (const hidden of ['salaries', 'hr.', 'acme.hr']) expect(told).not.toContain(hidden);
  });

  it('says the same of what is hidden and of what is not there', async () => {
    const bigquery = await client(policy);
    const messages = await Promise.all(
      ['hr.salaries', 'hr.nothing', 'nowhere.nothing'].map((name) =>
        bigquery.query(`SELECT id FROM ${name}`).then(
          () => 'allowed',
          (error: unknown) => (error instanceof Error ? error.message : ''),
        ),
      ),
    );
    expect(new Set(messages).size).toBe(1);
  });
});

describe('names in a policy that look like SQL', () => {
  it('come into no text that is sent', async () => {
    const name = JSON.stringify(odd);
    const bigquery = await client(`tags: { ${name}: { columns: [shop.customers.email] } }
rules: [{ name: ${name}, operations: [read], datasets: [shop], effect: allow }]
masks: [{ name: ${name}, tags: [${name}], with: nullify }]
`);
    const before = fake.requests.length;
    await bigquery.query('SELECT id, email FROM shop.customers').catch(() => undefined);
    const sent = fake.requests.slice(before);
    expect(sent.some(({ path }) => path.includes('/queries'))).toBe(true);
    expect(JSON.stringify(sent)).not.toContain('DROP TABLE');
  });
});
