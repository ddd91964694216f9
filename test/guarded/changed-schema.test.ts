import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Tables that change after they were analysed, while what is known of them still counts as fresh. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const seed = async (...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await standIn.engine.query({ sql, project: 'acme', parameters: [] });
};

beforeAll(async () => {
  standIn = await startStandIn({ project: 'acme', seed: { datasets: ['shop'] } });
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'changed-'));
  await seed(
    'CREATE OR REPLACE TABLE shop.people (id INT64, born DATE, pet STRUCT<name STRING>)',
    "INSERT INTO shop.people VALUES (1, DATE '1990-05-06', STRUCT('Rex'))",
  );
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags: { pii: { columns: ["**.ssn"] } }
rules:
  - { name: read, operations: [read, write], datasets: [shop], effect: allow }
masks:
  - { name: hide, tags: [pii], with: nullify }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
  return async () => {
    await guard.close();
    await rm(folder, { recursive: true });
  };
});

afterAll(async () => {
  await standIn.close();
});

const runs = (): number =>
  standIn.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/queries')).length;

async function ask(sql: string): Promise<unknown> {
  const query = bigquery.request.bind(bigquery);
  const answer = await new Promise<unknown>((resolve) => {
    query({ method: 'POST', uri: '/queries', json: { query: sql, useLegacySql: false } }, (error, body) =>
      resolve(error ?? body),
    );
  });
  if (isGuardError(answer)) return answer.message;
  return JSON.parse(JSON.stringify(answer)).rows;
}

const known = 'SELECT * FROM shop.people WHERE id = 1';
const row = [{ v: '1' }, { v: '1990-05-06' }];

describe('a table that has changed since it was analysed', () => {
  it('with a new column is judged anew, once, and the column is masked', async () => {
    expect(await ask(known)).toEqual([{ f: [...row, { v: { f: [{ v: 'Rex' }] } }] }]);
    await seed(
      'ALTER TABLE shop.people ADD COLUMN ssn STRING',
      "UPDATE shop.people SET ssn = 'secret' WHERE TRUE",
    );
    const before = runs();
    expect(await ask(known)).toEqual([{ f: [...row, { v: { f: [{ v: 'Rex' }] } }, { v: null }] }]);
    expect(runs() - before).toBe(2);
  });

  it('with a new field in a record is judged anew, and the field is masked', async () => {
    expect(await ask(known)).toEqual([{ f: [...row, { v: { f: [{ v: 'Rex' }] } }] }]);
    await seed(
      'CREATE OR REPLACE TABLE shop.people (id INT64, born DATE, pet STRUCT<name STRING, ssn STRING>)',
      "INSERT INTO shop.people VALUES (1, DATE '1990-05-06', STRUCT('Rex', 'secret'))",
    );
    expect(await ask(known)).toEqual([{ f: [...row, { v: { f: [{ v: 'Rex' }, { v: null }] } }] }]);
    expect(await ask('SELECT [pet] AS pets FROM shop.people')).toEqual([
      { f: [{ v: [{ v: { f: [{ v: 'Rex' }, { v: null }] } }] }] },
    ]);
  });

  it('with another type of a column is judged anew', async () => {
    await ask(known);
    await seed(
      'CREATE OR REPLACE TABLE shop.people (id INT64, born STRING, pet STRUCT<name STRING>)',
      "INSERT INTO shop.people VALUES (1, 'May', STRUCT('Rex'))",
    );
    const before = runs();
    expect(await ask(known)).toEqual([{ f: [{ v: '1' }, { v: 'May' }, { v: { f: [{ v: 'Rex' }] } }] }]);
    expect(runs() - before).toBe(2);
  });

  it('is not one whose rows are taken as values', async () => {
    expect(await ask('SELECT AS VALUE p FROM shop.people AS p')).toEqual([
      { f: [...row, { v: { f: [{ v: 'Rex' }] } }] },
    ]);
    expect(await ask('SELECT AS STRUCT id, pet.name AS pet FROM shop.people')).toEqual([
      { f: [{ v: '1' }, { v: 'Rex' }] },
    ]);
    await seed('ALTER TABLE shop.people ADD COLUMN ssn STRING');
    expect(await ask('SELECT AS VALUE p FROM shop.people AS p')).toEqual([
      { f: [...row, { v: { f: [{ v: 'Rex' }] } }, { v: null }] },
    ]);
  });

  it('while a job reads it is refused at its rows', async () => {
    await ask(known);
    await seed('ALTER TABLE shop.people ADD COLUMN ssn STRING');
    const [job] = await bigquery.createQueryJob(known);
    const refused: unknown = await job.getQueryResults().catch((error: unknown) => error);
    expect(isGuardError(refused) && refused.guardCode).toBe('ERR_SQL_UNPROVEN');
  });
});
