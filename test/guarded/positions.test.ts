import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

/** A backend whose message says where in the text that it got the last division stands. */
let fake: FakeBigQuery;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;
let ran = '';

const sql = `SELECT c.mail,
\t1 / c.id AS n
FROM shop.contacts
  AS c -- é😀
\tWHERE c.mail IS NULL AND 1 / c.id > 2`;

beforeAll(async () => {
  fake = await fakeBigQuery({
    project: 'acme',
    tables: {
      'shop.contacts': {
        schema: [
          { name: 'id', type: 'INTEGER' },
          { name: 'mail', type: 'STRING' },
        ],
        rows: [],
      },
    },
    queries: [
      {
        match(query) {
          ran = query.sql;
          return true;
        },
        get error() {
          const lines = ran.slice(0, ran.lastIndexOf('1 / c.id')).split('\n');
          const before = lines.at(-1) ?? '';
          // GoogleSQL counts a tab at the start of a line as eight columns.
          const column = 1 + before.length + (before.startsWith('\t') ? 7 : 0);
          return {
            reason: 'invalidQuery',
            message: `Division by zero at [${lines.length}:${column}]`,
          } as const;
        },
      },
    ],
  });
  folder = await mkdtemp(join(tmpdir(), 'positions-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags: { pii: { columns: [shop.contacts.mail] } }
rules:
  - { name: read, operations: [read, job], effect: allow }
masks:
  - { name: hide, tags: [pii], with: nullify }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...fake.clientOptions, guard });
});

afterAll(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

const whole = (failure: unknown): string =>
  JSON.stringify([
    failure,
    failure instanceof Error && 'response' in failure && failure.response instanceof Object
      ? Reflect.get(failure.response, 'body')
      : 'none',
  ]);

const own = 'Division by zero at [5:34]';
const wrong = /\[(?!5:34\])\d+:\d+\]|guard_row/;

describe('a place in a message of BigQuery is one in the text of the caller', () => {
  it('in the error of a query', async () => {
    const failure = await failureOf(bigquery.query(sql));
    expect(ran).toContain('guard_row');
    expect(failure).toMatchObject({ message: own, errors: [{ message: own }] });
    expect(whole(failure)).not.toMatch(wrong);
  });

  it('in the error of a dry run', async () => {
    const failure = await failureOf(bigquery.createQueryJob({ query: sql, dryRun: true }));
    expect(failure).toMatchObject({ message: own, errors: [{ message: own }] });
    expect(whole(failure)).not.toMatch(wrong);
  });

  it('in what jobs.get, jobs.list and getQueryResults say of a job', async () => {
    const [job] = await bigquery.createQueryJob({ query: sql, jobId: 'divides' });
    const failure = await failureOf(job.getQueryResults());
    expect(failure).toMatchObject({ message: own });
    expect(whole(failure)).not.toMatch(wrong);
    const answer = await new Promise<unknown>((resolve) => {
      bigquery.request({ uri: '/jobs/divides' }, (error: unknown, body: unknown) => resolve(error ?? body));
    });
    expect(answer).toMatchObject({
      status: { errorResult: { message: own }, errors: [{ message: own }] },
      configuration: { query: { query: sql } },
    });
    expect(JSON.stringify(answer)).not.toMatch(wrong);
    const [jobs] = await bigquery.getJobs({ projection: 'full' });
    const listed = jobs.find(({ id }) => id === 'divides')?.metadata;
    expect(listed).toMatchObject({ status: { errorResult: { message: own } } });
    expect(JSON.stringify(listed)).not.toMatch(wrong);
  });
});
