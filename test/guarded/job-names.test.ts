import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { audit, memoryStore, type MemoryStore } from '../../src/middleware/index.ts';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

let standIn: StandIn;
let guard: Guard;
let bigquery: BigQuery;
let store: MemoryStore;
let folder: string;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: { datasets: ['shop'], statements: ['CREATE TABLE shop.t (id INT64)'] },
  });
  folder = await mkdtemp(join(tmpdir(), 'job-names-'));
  const config = parseConfig(`version: 1
project: acme
rules: [{ name: shop, operations: [read, write, ddl], datasets: [shop], effect: allow }]
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  store = memoryStore();
  const [trail, ...layers] = await buildMiddleware(config, { environment: {} });
  await trail?.close?.();
  guard = createGuard({ middleware: [audit({ store }), ...layers] });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

/** What was on record of the job before it was sent, and the job itself with its labels. */
async function jobOf(sql: string): Promise<unknown> {
  const before = store.events().length;
  const [rows] = await withContext({ session: 'Session 1' }, () => bigquery.query(sql));
  const events = store.events().slice(before);
  const started = events.findLast(({ type }) => type === 'query.started');
  const finished = events.findLast(({ type }) => type === 'call.finished');
  const { job: named, call } = finished ?? expect.fail();
  const [metadata] = await new BigQuery(standIn.clientOptions)
    .job(named?.split('.').at(-1) ?? '')
    .getMetadata();
  const hide = (text: string): string => text.replaceAll(call ?? '', '<call>');
  return JSON.parse(
    hide(
      JSON.stringify({
        rows,
        operation: started?.data,
        announced: started?.job,
        labels: metadata.configuration.labels,
      }),
    ),
    (name, value: unknown) => (['requestHash', 'hash', 'sql'].includes(name) ? undefined : value),
  );
}

const labels = { guard_call: '<call>', guard_session: expect.stringMatching(/^[0-9a-f]{40}$/) };

describe('the job of a query', () => {
  it('bears the id of its call, and keeps the way of jobs.query where it only reads', async () => {
    expect(await jobOf('SELECT 1 AS one')).toEqual({
      rows: [{ one: 1 }],
      operation: {
        operation: 'jobs.query',
        project: 'acme',
        purpose: 'statement',
        requestId: '<call>',
        rewritten: false,
      },
      announced: null,
      labels,
    });
  });

  it.each([
    ['writes', 'INSERT INTO shop.t VALUES (1)', []],
    ['defines', 'CREATE TABLE shop.u AS SELECT 1 AS one', []],
    ['is a script', 'DECLARE x INT64 DEFAULT 2; SELECT x;', [{ x: 2 }]],
  ])('has an id that is on record before it is sent, where it %s', async (_deed, sql, rows) => {
    expect(await jobOf(sql)).toEqual({
      rows,
      operation: { operation: 'jobs.insert', project: 'acme', purpose: 'statement', rewritten: false },
      announced: 'acme:guard_<call>',
      labels,
    });
  });

  it('keeps none of the labels that are named like those of the guard', async () => {
    const [job] = await bigquery.createQueryJob({
      query: 'SELECT 1',
      labels: { team: 'a', guard_call: 'mine', guard_approval: 'forged' },
    });
    const [{ configuration }] = await job.getMetadata();
    expect(configuration.labels).toEqual({ team: 'a', guard_call: expect.stringMatching(/^[-0-9a-f]{36}$/) });
  });
});
