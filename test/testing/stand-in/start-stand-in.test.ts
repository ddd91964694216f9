import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BigQuery, Job, QueryResultsOptions } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../../src/testing/stand-in/start-stand-in.ts';
import { officialClients } from '../official-clients.ts';

const orders = Array.from({ length: 25 }, (_, index) => ({
  id: index + 1,
  customer: index % 2 === 0 ? 'ana' : 'bo',
  total: index * 1.5,
  tags: index === 0 ? ['new', 'big'] : [],
}));

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({
    seed: {
      datasets: ['empty'],
      tables: {
        'shop.orders': {
          schema: [
            { name: 'id', type: 'INT64' },
            { name: 'customer', type: 'STRING' },
            { name: 'total', type: 'FLOAT64' },
            { name: 'tags', type: 'STRING', mode: 'REPEATED' },
          ],
          rows: orders,
        },
      },
      statements: [
        'CREATE VIEW shop.totals AS SELECT customer, SUM(total) AS total FROM shop.orders GROUP BY customer',
      ],
    },
  });
});

afterAll(() => standIn.close());

describe.each(officialClients)('the stand-in with client $version', ({ version, connect }) => {
  let bigquery: BigQuery;
  const dataset = `client${version}`;

  beforeAll(async () => {
    bigquery = connect(standIn.clientOptions);
    await bigquery.createDataset(dataset);
  });

  it('answers a query', async () => {
    const [rows] = await bigquery.query(
      'SELECT id, customer, tags FROM shop.orders WHERE id <= 2 ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 1, customer: 'ana', tags: ['new', 'big'] },
      { id: 2, customer: 'bo', tags: [] },
    ]);
  });

  it('takes parameters by name and by position', async () => {
    const named = await bigquery.query({
      query: 'SELECT COUNT(*) AS n FROM shop.orders WHERE customer = @who AND id IN UNNEST(@ids)',
      params: { who: 'ana', ids: [1, 2, 3] },
    });
    const positional = await bigquery.query({ query: 'SELECT ? + ? AS sum, ? AS text', params: [1, 2, 'x'] });
    expect([named[0], positional[0]]).toEqual([[{ n: 2 }], [{ sum: 3, text: 'x' }]]);
  });

  it('converts every type', async () => {
    const [rows] = await bigquery.query(`
      SELECT 1 AS whole, 1.5 AS part, NUMERIC '1.25' AS exact, TRUE AS flag, 'a' AS text, b'hi' AS bytes,
        DATE '2026-01-31' AS day, TIME '12:30:00' AS time, DATETIME '2026-01-31T12:30:00' AS datetime,
        TIMESTAMP '2026-01-31 12:30:00.250 UTC' AS moment, JSON '{"a":1}' AS json,
        STRUCT(1 AS a, 'b' AS b) AS record, [1, 2] AS list, [STRUCT('x' AS y)] AS records,
        CAST(NULL AS STRING) AS nothing`);
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        whole: 1,
        part: 1.5,
        exact: '1.25',
        flag: true,
        text: 'a',
        bytes: { type: 'Buffer', data: [104, 105] },
        day: { value: '2026-01-31' },
        time: { value: '12:30:00' },
        datetime: { value: '2026-01-31T12:30:00' },
        moment: { value: '2026-01-31T12:30:00.250Z' },
        json: '{"a":1}',
        record: { a: 1, b: 'b' },
        list: [1, 2],
        records: [{ y: 'x' }],
        nothing: null,
      },
    ]);
  });

  it('serves a result over three pages', async () => {
    const [job] = await bigquery.createQueryJob('SELECT id FROM shop.orders ORDER BY id');
    const before = standIn.requests.length;
    const ids = await pageByPage(job);
    expect(ids).toEqual(orders.map(({ id }) => id));
    expect(standIn.requests.length).toBe(before + 3);
  });

  it('streams a result', async () => {
    const rows: unknown[] = [];
    for await (const row of bigquery.createQueryStream('SELECT id FROM shop.orders ORDER BY id'))
      rows.push(row);
    expect(rows).toEqual(orders.map(({ id }) => ({ id })));
  });

  it('writes and reads tables', async () => {
    const [table] = await bigquery
      .dataset(dataset)
      .createTable('notes', { schema: 'id:INTEGER,note:STRING' });
    await table.insert([
      { id: 1, note: 'one' },
      { id: 2, note: null },
    ]);
    await expect(table.insert([{ id: 'x' }])).rejects.toMatchObject({ name: 'PartialFailureError' });
    await bigquery.query(`INSERT INTO ${dataset}.notes (id, note) VALUES (3, 'three')`);
    expect((await table.getRows())[0]).toEqual([
      { id: 1, note: 'one' },
      { id: 2, note: null },
      { id: 3, note: 'three' },
    ]);
    expect((await table.getMetadata())[0]).toMatchObject({ numRows: '3', type: 'TABLE', location: 'US' });
    await table.delete();
    expect(await table.exists()).toEqual([false]);
  });

  it('counts what DML changed', async () => {
    await bigquery.query(`CREATE TABLE ${dataset}.counted AS SELECT id FROM shop.orders`);
    const [job] = await bigquery.createQueryJob(`DELETE FROM ${dataset}.counted WHERE id > 20`);
    await job.getQueryResults();
    const [{ statistics }] = await job.getMetadata();
    expect(statistics.query).toMatchObject({
      statementType: 'DELETE',
      numDmlAffectedRows: '5',
      dmlStats: { insertedRowCount: '0', updatedRowCount: '0', deletedRowCount: '5' },
    });
  });

  it('says what DDL did', async () => {
    const [job] = await bigquery.createQueryJob(`CREATE TABLE ${dataset}.made (a INT64)`);
    await job.getQueryResults();
    const [{ statistics }] = await job.getMetadata();
    expect(statistics.query).toMatchObject({
      statementType: 'CREATE_TABLE',
      ddlOperationPerformed: 'CREATE',
      ddlTargetTable: { projectId: 'demo-project', datasetId: dataset, tableId: 'made' },
    });
  });

  it('writes a result to a table', async () => {
    const destination = bigquery.dataset(dataset).table('result');
    const [job] = await bigquery.createQueryJob({ query: 'SELECT id FROM shop.orders', destination });
    await job.promise();
    expect((await destination.getRows())[0]).toHaveLength(25);
    const again = bigquery.createQueryJob({ query: 'SELECT id FROM shop.orders', destination });
    await expect(again.then(([second]) => second.promise())).rejects.toThrow('Already Exists');
  });

  it('estimates with a dry run and runs nothing', async () => {
    const [, { statistics, status }] = await bigquery.createQueryJob({
      query: 'DELETE FROM shop.orders WHERE TRUE',
      dryRun: true,
    });
    expect({ status, type: statistics?.query?.statementType }).toEqual({
      status: { state: 'DONE' },
      type: 'DELETE',
    });
    const [, select] = await bigquery.createQueryJob({ query: 'SELECT id FROM shop.orders', dryRun: true });
    expect(select.statistics?.totalBytesProcessed).toBe('200');
    expect((await bigquery.query('SELECT COUNT(*) AS n FROM shop.orders'))[0]).toEqual([{ n: 25 }]);
  });

  it('says of a dry run how far it can be trusted', async () => {
    const accuracy = async (query: string): Promise<unknown> => {
      const [, { statistics }] = await bigquery.createQueryJob({ query, dryRun: true });
      return statistics?.query?.totalBytesProcessedAccuracy;
    };
    const clustered = `${dataset}.clustered`;
    await bigquery.query(`CREATE TABLE ${clustered} (id INT64) CLUSTER BY id`);
    expect(await accuracy('SELECT id FROM shop.orders')).toBe('PRECISE');
    expect(await accuracy(`SELECT o.id FROM shop.orders AS o JOIN ${clustered} USING (id)`)).toBe(
      'UPPER_BOUND',
    );
    expect(await accuracy('SELECT 1; SELECT 2')).toBe('UNKNOWN');
  });

  it('keeps the limit on bytes billed', async () => {
    const query = { query: 'SELECT id FROM shop.orders', maximumBytesBilled: '1' };
    await expect(bigquery.query(query)).rejects.toMatchObject({
      code: 400,
      errors: [{ reason: 'bytesBilledLimitExceeded' }],
    });
  });

  it('loads files and streams', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    const file = join(folder, 'rows.csv');
    await writeFile(file, 'day,price\n2026-01-31,1.25\n2026-02-01,\n');
    const table = bigquery.dataset(dataset).table('loaded');
    await table.load(file, { autodetect: true, skipLeadingRows: 1, sourceFormat: 'CSV' });
    await rm(folder, { recursive: true });
    const stream = table.createWriteStream('json');
    stream.end('{"day": "2026-03-01", "price": 3}\n');
    await once(stream, 'complete');
    const [rows] = await bigquery.query(
      `SELECT CAST(day AS STRING) AS day, price FROM ${dataset}.loaded ORDER BY day`,
    );
    expect(rows).toEqual([
      { day: '2026-01-31', price: 1.25 },
      { day: '2026-02-01', price: null },
      { day: '2026-03-01', price: 3 },
    ]);
  });

  it('copies a table', async () => {
    const copy = bigquery.dataset(dataset).table('copy');
    await bigquery.dataset('shop').table('orders').copy(copy);
    expect((await copy.getRows())[0]).toHaveLength(25);
  });

  it('creates what get and insert may create', async () => {
    const options = { autoCreate: true, schema: 'a:INTEGER' };
    const [table] = await bigquery.dataset(dataset).table('auto').get(options);
    await table.insert({ a: 1 });
    expect((await table.getRows())[0]).toEqual([{ a: 1 }]);
  });

  it('reads a view by SQL and lists it as one', async () => {
    const [rows] = await bigquery.query("SELECT total FROM shop.totals WHERE customer = 'ana'");
    expect(rows).toEqual([{ total: 234 }]);
    expect((await bigquery.dataset('shop').table('totals').getMetadata())[0].type).toBe('VIEW');
    await expect(bigquery.dataset('shop').table('totals').getRows()).rejects.toThrow('VIEW');
  });

  it('runs a script and keeps its statements as child jobs', async () => {
    const [job] = await bigquery.createQueryJob('DECLARE x INT64 DEFAULT 2; SELECT x; SELECT x + 1 AS y;');
    const [rows] = await job.getQueryResults();
    expect(rows).toEqual([{ y: 3 }]);
    const [children] = await bigquery.getJobs({ parentJobId: job.id ?? '' });
    expect(children.length).toBeGreaterThanOrEqual(2);
  });

  it('keeps SQL functions, however they are made', async () => {
    await bigquery.query(`CREATE FUNCTION ${dataset}.twice(x INT64) RETURNS INT64 AS (x * 2)`);
    const [, resource] = await bigquery.dataset(dataset).createRoutine('thrice', {
      routineType: 'SCALAR_FUNCTION',
      language: 'SQL',
      arguments: [{ name: 'x', dataType: { typeKind: 'INT64' } }],
      definitionBody: 'x * 3',
    });
    expect(resource).toMatchObject({
      arguments: [{ name: 'x', dataType: { typeKind: 'INT64' } }],
      definitionBody: 'x * 3',
    });
    const [rows] = await bigquery.query(`SELECT ${dataset}.twice(2) AS two, ${dataset}.thrice(2) AS three`);
    expect(rows).toEqual([{ two: 4, three: 6 }]);
    const [routines] = await bigquery.dataset(dataset).getRoutines();
    expect(routines.map(({ id }) => id)).toEqual(['thrice', 'twice']);
    const twice = bigquery.dataset(dataset).routine('twice');
    expect((await twice.getMetadata())[0]).toMatchObject({
      returnType: { typeKind: 'INT64' },
      definitionBody: 'x * 2',
    });
    await twice.setMetadata({ definitionBody: 'x + x' });
    expect((await bigquery.query(`SELECT ${dataset}.twice(5) AS two`))[0]).toEqual([{ two: 10 }]);
    await twice.delete();
    expect(await twice.exists()).toEqual([false]);
  });

  it('lists what there is', async () => {
    const [datasets] = await bigquery.getDatasets();
    expect(datasets.map(({ id }) => id)).toEqual(expect.arrayContaining(['empty', 'shop', dataset]));
    const [tables] = await bigquery.dataset('shop').getTables();
    expect(tables.map(({ id }) => id)).toEqual(['orders', 'totals']);
    expect((await bigquery.getJobs({ maxResults: 2 }))[0].length).toBeGreaterThan(0);
  });

  it.each([
    ['SELEC 1', 400, 'invalidQuery'],
    ['SELECT nothing FROM shop.orders', 400, 'invalidQuery'],
    ['SELECT * FROM shop.none', 404, 'notFound'],
    ['SELECT * FROM none.none', 404, 'notFound'],
    ['SELECT ML.PREDICT(1)', 501, 'notImplemented'],
  ])('%s is refused', async (sql, code, reason) => {
    await expect(bigquery.query(sql)).rejects.toMatchObject({ code, errors: [{ reason }] });
  });

  it('is reached through the environment of emulators', async () => {
    process.env['BIGQUERY_EMULATOR_HOST'] = standIn.url;
    try {
      const { projectId, authClient } = standIn.clientOptions;
      const client = connect({
        ...(projectId === undefined ? {} : { projectId }),
        ...(authClient === undefined ? {} : { authClient }),
      });
      expect((await client.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }]);
      expect(standIn.requests.at(-1)?.path).toBe('/projects/demo-project/queries');
    } finally {
      delete process.env['BIGQUERY_EMULATOR_HOST'];
    }
  });
});

async function pageByPage(job: Job): Promise<unknown[]> {
  const ids: unknown[] = [];
  let next: QueryResultsOptions = { maxResults: 10 };
  for (;;) {
    const [rows, following] = await job.getQueryResults({ ...next, autoPaginate: false });
    ids.push(...rows.map((row) => Object(row).id));
    if (!following) return ids;
    next = following;
  }
}
