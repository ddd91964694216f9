import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

let folder: string;
let guard: Guard | undefined;
let fake: FakeBigQuery;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'static-'));
  fake = await fakeBigQuery({ project: 'acme' });
});

afterEach(async () => {
  await guard?.close();
  await fake.close();
  await rm(folder, { recursive: true });
});

async function client(rules: string): Promise<BigQuery> {
  const config = parseConfig(`version: 1
project: acme
tags: { open: { labels: { data: open } }, pii: { columns: [shop.customers.email] } }
rules:
  - { name: look, operations: [metadata], datasets: [shop], effect: allow }
${rules}
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  return new BigQuery({ ...fake.clientOptions, guard });
}

const change = (bigquery: BigQuery): Promise<unknown> =>
  bigquery.dataset('shop').table('customers').setMetadata({ description: 'x' });
const read = (bigquery: BigQuery): Promise<unknown> => bigquery.dataset('shop').table('customers').getRows();

/** How many requests left the process before the refusal. */
async function requestsBefore(rules: string, ask: (bigquery: BigQuery) => Promise<unknown>): Promise<number> {
  const bigquery = await client(rules);
  await expect(ask(bigquery)).rejects.toMatchObject({ code: 403, guardCode: 'ERR_POLICY_DENIED' });
  return fake.requests.length;
}

describe('a call that no rule can allow causes no request', () => {
  it.each([
    ['a change without a rule', '', change],
    ['rows of a table that may only be described', '', read],
    [
      'a change whose rule is for statements',
      "  - { name: a, operations: [ddl], when: facts.kind == 'DROP', effect: allow }",
      change,
    ],
    [
      'a change of labelled objects whose rule is for statements',
      '  - { name: a, tags: [open], when: "facts.kind in [\'DROP\'] && facts.taggedColumns.pii == 0", effect: allow }',
      change,
    ],
    [
      'rows whose rule is for statements',
      '  - { name: a, tags: [open], when: facts.selectsStar, effect: allow }',
      read,
    ],
    [
      'a change that is denied',
      '  - { name: a, effect: allow }\n  - { name: b, operations: [ddl], effect: deny }',
      change,
    ],
  ])('%s', async (_what, rules, ask) => {
    expect(await requestsBefore(rules, ask)).toBe(0);
  });
});

describe('a call that a rule may allow once more is known is looked up', () => {
  it.each([
    ['by a label', '  - { name: a, tags: [open], effect: allow }', change],
    [
      'by its columns',
      '  - { name: a, when: facts.taggedColumns.pii == 0, effect: allow }\n  - { name: b, tags: [open], effect: deny }',
      read,
    ],
  ])('%s', async (_what, rules, ask) => {
    const bigquery = await client(rules);
    await ask(bigquery).catch(() => undefined);
    expect(fake.requests.length).toBeGreaterThan(0);
  });
});
