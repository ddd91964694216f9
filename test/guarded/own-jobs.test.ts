import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop'],
      statements: [
        `CREATE TABLE shop.customers (id INT64, email STRING)`,
        `INSERT INTO shop.customers VALUES (1, 'ada@secret.example')`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'own-jobs-'));
  const config = parseConfig(`version: 1
project: acme
tags: { pii: { columns: [shop.customers.email] } }
rules:
  - { name: read-shop, operations: [read], datasets: [shop], effect: allow }
  - { name: write-shop, operations: [write], datasets: [shop], effect: allow }
  - { name: operators, principals: { groups: [operators] }, operations: [job], effect: allow }
  - { name: no-lists, principals: { groups: [closed] }, operations: [jobs.list], effect: deny }
masks:
  - { name: hide-pii, tags: [pii], with: nullify, except: { groups: [operators] } }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

const as = <T>(id: string, work: () => Promise<T>, groups: readonly string[] = []): Promise<T> =>
  withContext({ principal: { id, groups } }, work);

async function listed(): Promise<readonly unknown[]> {
  const [jobs] = await bigquery.getJobs({ projection: 'full' });
  return jobs.map(({ metadata }) => metadata.configuration.query.query);
}

describe('the list of jobs', () => {
  const masked = 'SELECT id, email FROM shop.customers';

  it('has only own jobs, with the SQL that was sent, where no rule says more', async () => {
    await as('ana', () => bigquery.query(masked));
    await as('ben', () => bigquery.query('SELECT id FROM shop.customers'));
    expect(await as('ana', listed)).toEqual([masked]);
    expect(await as('ben', listed)).toEqual(['SELECT id FROM shop.customers']);
    expect(await as('cleo', listed)).toEqual([]);
  });

  it('shows masked jobs without plans and exact sizes', async () => {
    const [jobs] = await as('ana', () => bigquery.getJobs({ projection: 'full' }));
    const { statistics } = jobs[0]?.metadata ?? expect.fail();
    expect(Object.keys(statistics).toSorted()).toEqual(
      ['creationTime', 'endTime', 'query', 'startTime', 'totalBytesProcessed'].toSorted(),
    );
    expect(statistics.totalBytesProcessed).toBe('10485760');
    expect(statistics.query).not.toHaveProperty('queryPlan');
    expect(statistics.query).not.toHaveProperty('referencedTables');
  });

  it('is whole for whom a rule allows it, and closed to whom one denies it', async () => {
    expect(await as('olga', listed, ['operators'])).toHaveLength(2);
    const error: unknown = await as('ana', listed, ['closed']).catch((failure: unknown) => failure);
    expect(isGuardError(error) && error.guardCode).toBe('ERR_POLICY_DENIED');
  });
});

describe('a job of somebody else, for whom a rule opens it', () => {
  it('shows the SQL that was sent, not what was made of it', async () => {
    const sql = 'SELECT email FROM shop.customers AS of_ana';
    const job = await as('ana', async () => (await bigquery.createQueryJob(sql))[0]);
    const operators = ['operators'];
    expect(await as('olga', listed, operators)).toContain(sql);
    const [metadata] = await as('olga', () => bigquery.job(job.id ?? '').getMetadata(), operators);
    expect(metadata.configuration.query.query).toBe(sql);
    expect(metadata.statistics.query).not.toHaveProperty('queryPlan');
    const [cancelled] = await as('olga', () => bigquery.job(job.id ?? '').cancel(), operators);
    expect(JSON.stringify([metadata, cancelled])).not.toContain('CAST(NULL');
  });
});

describe('a change to a table with masked columns', () => {
  it('shows no exact size: BigQuery counts all columns', async () => {
    const sql = 'DELETE FROM shop.customers WHERE id = 7';
    const sizes = async (): Promise<readonly unknown[]> => {
      const [dry] = await bigquery.createQueryJob({ query: sql, dryRun: true });
      const [job] = await bigquery.createQueryJob(sql);
      await job.getQueryResults();
      const [{ statistics }] = await job.getMetadata();
      return [dry.metadata.statistics.totalBytesProcessed, statistics.query.totalBytesProcessed];
    };
    expect(await as('dora', sizes)).toEqual(['10485760', '10485760']);
    expect(await as('olga', sizes, ['operators'])).not.toContain('10485760');
  });
});

describe('the cancellation of a masked job', () => {
  it('answers with the SQL that was sent', async () => {
    const sql = 'SELECT email FROM shop.customers';
    const answer = await as('ana', async () => {
      const [job] = await bigquery.createQueryJob(sql);
      const [cancelled] = await job.cancel();
      return cancelled;
    });
    expect(answer).toMatchObject({ job: { configuration: { query: { query: sql } } } });
    expect(JSON.stringify(answer)).not.toContain('CAST(NULL');
  });
});
