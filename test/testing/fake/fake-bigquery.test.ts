import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQuery } from '@google-cloud/bigquery';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuard, guard } from '../../../src/client/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../../src/testing/fake/fake-bigquery.ts';
import { officialClients } from '../official-clients.ts';

const numbers = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

let fake: FakeBigQuery;

beforeEach(async () => {
  fake = await fakeBigQuery({
    tables: {
      'shop.orders': {
        schema: 'id:INTEGER,note:STRING',
        rows: [
          { id: 1, note: 'one' },
          { id: 2, note: null },
        ],
      },
      'shop.typed': {
        rows: [
          {
            whole: 7,
            part: 0.5,
            flag: true,
            text: 'a',
            when: new Date('2026-01-31T12:00:00.250Z'),
            bytes: Buffer.from('hi'),
            list: ['x', 'y'],
            record: { inner: 1 },
          },
        ],
      },
    },
    queries: [
      { match: 'SELECT  n FROM numbers', rows: numbers(25) },
      { match: /from empty/i, schema: 'n:INTEGER', rows: [] },
      {
        match: ({ parameters }) => parameters.length === 2,
        rows: ({ parameters }) => [{ got: String(parameters[1]?.parameterValue.value) }],
      },
      {
        match: /^delete/i,
        statementType: 'DELETE',
        dml: { insertedRowCount: 0, updatedRowCount: 0, deletedRowCount: 3 },
      },
      { match: 'SELEC', error: { reason: 'invalidQuery', message: 'Syntax error: Expected end of input' } },
    ],
  });
});

afterEach(() => fake.close());

describe.each([
  ...officialClients.map(({ version, connect }) => ({
    name: `client ${version} over HTTP`,
    connect: () => connect(fake.clientOptions),
  })),
  { name: 'client 9 in memory', connect: () => fake.install(new BigQuery({ projectId: 'demo-project' })) },
])('fakeBigQuery with $name', ({ connect }) => {
  it('answers a query with canned rows', async () => {
    const [rows] = await connect().query('SELECT n FROM numbers');
    expect(rows).toEqual(numbers(25));
  });

  it('answers a query without rows', async () => {
    const [rows] = await connect().query('SELECT n FROM empty');
    expect(rows).toEqual([]);
  });

  it('hands the parameters to an answer that is a function', async () => {
    const [rows] = await connect().query({ query: 'SELECT @a, @b', params: { a: 1, b: 'two' } });
    expect(rows).toEqual([{ got: 'two' }]);
  });

  it('serves a result in pages', async () => {
    const [job] = await connect().createQueryJob('SELECT n FROM numbers');
    const [first, next] = await job.getQueryResults({ maxResults: 10, autoPaginate: false });
    const [second, again] = await job.getQueryResults({ ...next, autoPaginate: false });
    const [third, end] = await job.getQueryResults({ ...again, autoPaginate: false });
    expect([first, second, third].map((rows) => rows.length)).toEqual([10, 10, 5]);
    expect([...first, ...second, ...third]).toEqual(numbers(25));
    expect(end).toBeNull();
  });

  it('streams a result', async () => {
    const rows: unknown[] = [];
    for await (const row of connect().createQueryStream('SELECT n FROM numbers')) rows.push(row);
    expect(rows).toEqual(numbers(25));
  });

  it('counts what a DML statement changed', async () => {
    const [job] = await connect().createQueryJob('DELETE FROM shop.orders WHERE TRUE');
    await job.promise();
    const [{ statistics }] = await job.getMetadata();
    expect(statistics.query.numDmlAffectedRows).toBe('3');
    expect(statistics.query.dmlStats).toEqual({
      insertedRowCount: '0',
      updatedRowCount: '0',
      deletedRowCount: '3',
    });
  });

  it('refuses as BigQuery refuses', async () => {
    await expect(connect().query('SELEC')).rejects.toMatchObject({
      name: 'Error',
      code: 400,
      message: 'Syntax error: Expected end of input',
      errors: [{ reason: 'invalidQuery', location: 'q', locationType: 'parameter' }],
    });
  });

  it('says that it has no answer', async () => {
    await expect(connect().query('SELECT 2')).rejects.toMatchObject({
      code: 501,
      errors: [{ reason: 'notImplemented' }],
    });
  });

  it('reads tables with the types of their values', async () => {
    const [rows] = await connect().dataset('shop').table('typed').getRows();
    expect(rows).toEqual([
      {
        whole: 7,
        part: 0.5,
        flag: true,
        text: 'a',
        when: expect.objectContaining({ value: '2026-01-31T12:00:00.250Z' }),
        bytes: Buffer.from('hi'),
        list: ['x', 'y'],
        record: { inner: 1 },
      },
    ]);
  });

  it('stores inserted rows and names the bad ones', async () => {
    const table = connect().dataset('shop').table('orders');
    await table.insert([{ id: 3, note: 'three' }]);
    await expect(table.insert([{ id: 4 }, { id: 'x' }])).rejects.toMatchObject({
      name: 'PartialFailureError',
      errors: [
        { row: { id: 'x' }, errors: [{ reason: 'invalid' }] },
        { row: { id: 4 }, errors: [{ reason: 'stopped' }] },
      ],
    });
    const [rows] = await table.getRows();
    expect(rows.map((row: { id: number }) => row.id)).toEqual([1, 2, 3]);
  });

  it('knows what is there', async () => {
    const bigquery = connect();
    expect(await bigquery.dataset('shop').exists()).toEqual([true]);
    expect(await bigquery.dataset('other').exists()).toEqual([false]);
    expect(await bigquery.dataset('shop').table('none').exists()).toEqual([false]);
    const [tables] = await bigquery.dataset('shop').getTables();
    expect(tables.map(({ id }) => id)).toEqual(['orders', 'typed']);
  });

  it('creates, changes and deletes tables', async () => {
    const [table] = await connect().dataset('shop').createTable('fresh', { schema: 'a:INTEGER' });
    await table.setMetadata({ description: 'new', labels: { team: 'x' } });
    const [metadata] = await table.getMetadata();
    expect(metadata).toMatchObject({
      description: 'new',
      labels: { team: 'x' },
      numRows: '0',
      type: 'TABLE',
    });
    await table.delete();
    expect(await table.exists()).toEqual([false]);
  });

  it('copies a table', async () => {
    const dataset = connect().dataset('shop');
    const [metadata] = await dataset.table('orders').copy(dataset.table('copied'));
    expect(metadata.status).toMatchObject({ state: 'DONE' });
    expect((await dataset.table('copied').getRows())[0]).toHaveLength(2);
  });

  it('takes a write stream', async () => {
    const stream = connect().dataset('shop').table('orders').createWriteStream('json');
    stream.end('{"id": 3, "note": "three"}\n{"id": 4}\n');
    await once(stream, 'complete');
    expect((await connect().dataset('shop').table('orders').getRows())[0]).toHaveLength(4);
  });

  it('loads a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fake-'));
    const file = join(folder, 'rows.csv');
    await writeFile(file, 'id,note\n5,"five, or so"\n6,\n');
    const fields = [
      { name: 'id', type: 'INTEGER' },
      { name: 'note', type: 'STRING' },
    ];
    const table = connect().dataset('shop').table('loaded');
    await table.load(file, { schema: { fields }, skipLeadingRows: 1, sourceFormat: 'CSV' });
    await rm(folder, { recursive: true });
    expect((await table.getRows())[0]).toEqual([
      { id: 5, note: 'five, or so' },
      { id: 6, note: null },
    ]);
  });

  it('records every request', async () => {
    await connect().query('SELECT n FROM numbers');
    expect(fake.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/projects/demo-project/queries',
        body: expect.objectContaining({ query: 'SELECT n FROM numbers', useLegacySql: false }),
      }),
    ]);
  });
});

describe('fakeBigQuery', () => {
  it('does not keep the process alive while it listens', () => {
    expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
  });

  it('answers a guarded client behind its guard, and does not take the place of a guard', async () => {
    const seen: string[] = [];
    const watch = createGuard({
      middleware: [
        {
          name: 'watch',
          handle(call, _context, next) {
            seen.push(call.operation);
            return next(call);
          },
        },
      ],
    });
    const client = guard(fake.install(new BigQuery({ projectId: 'demo-project' })), watch);
    expect((await client.query('SELECT n FROM numbers'))[0]).toEqual(numbers(25));
    expect(seen).toEqual(['jobs.query']);
    expect(() => fake.install(client)).toThrow('Install the fake first');
  });

  it('needs rows that fit their schema', async () => {
    const tables = { 'shop.orders': { schema: 'id:INTEGER', rows: [{ id: 1 }, { id: 'one' }] } };
    await expect(fakeBigQuery({ tables })).rejects.toThrow('Seed row 1 of shop.orders: id: Cannot convert');
  });
});
