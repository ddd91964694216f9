import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeBigQuery, type FakeBigQuery } from '../../../src/testing/fake/fake-bigquery.ts';
import { fixedClock } from '../../../src/testing/fixed-clock.ts';
import { failure, send, wordAt } from './send.ts';

const base = '/bigquery/v2/projects/demo-project';
const rows = Array.from({ length: 5 }, (_, n) => ({ n }));
const clock = fixedClock('2026-01-31T12:00:00Z');

let fake: FakeBigQuery;

beforeEach(async () => {
  fake = await fakeBigQuery({
    now: clock.now,
    tables: { 'shop.orders': { schema: 'id:INTEGER', rows: [{ id: 1 }] } },
    queries: [
      { match: 'SELECT n', rows, totalBytesProcessed: 3_000_000, referencedTables: ['shop.orders'] },
      { match: 'SELECT at', schema: 'at:TIMESTAMP', rows: [{ at: '2026-01-31T12:00:00.5Z' }, { at: null }] },
      { match: 'slow', rows, runsMs: 150 },
      { match: 'endless', rows, runsMs: 60_000 },
      { match: 'bad', error: { reason: 'invalidQuery', message: 'Syntax error' } },
    ],
  });
});

afterEach(() => fake.close());

const query = (body: object): ReturnType<typeof send> =>
  send(fake.url, `POST ${base}/queries`, { useLegacySql: false, ...body });
const insert = (configuration: object, jobReference: object = {}): ReturnType<typeof send> =>
  send(fake.url, `POST ${base}/jobs`, { configuration, jobReference });
const get = (path: string): ReturnType<typeof send> => send(fake.url, `GET ${base}${path}`);
const done = (jobId: string): ReturnType<typeof send> => get(`/queries/${jobId}?maxResults=0`);

const finish = async (jobId: string): Promise<void> => {
  await insert({ query: { query: 'SELECT n', useLegacySql: false } }, { jobId });
  await done(jobId);
};

describe('jobs.query', () => {
  it('answers schema, first page and where to go on', async () => {
    const { status, body } = await query({ query: 'SELECT n', maxResults: 2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'bigquery#queryResponse',
      jobComplete: true,
      cacheHit: false,
      schema: { fields: [{ name: 'n', type: 'INTEGER', mode: 'NULLABLE' }] },
      rows: [{ f: [{ v: '0' }] }, { f: [{ v: '1' }] }],
      totalRows: '5',
      totalBytesProcessed: '3000000',
      totalBytesBilled: '10485760',
      jobReference: { projectId: 'demo-project', location: 'US' },
    });
    expect(body['pageToken']).toEqual(expect.any(String));
  });

  it('leaves rows out where none are wanted', async () => {
    const { body } = await query({ query: 'SELECT n', maxResults: 0 });
    expect('rows' in body).toBe(false);
  });

  it.each([
    [{}, '1.7698608005E9'],
    [{ useInt64Timestamp: true }, '1769860800500000'],
    [{ useInt64Timestamp: false, timestampOutputFormat: 'INT64' }, '1769860800500000'],
    [{ timestampOutputFormat: 'ISO8601_STRING' }, '2026-01-31T12:00:00.500000000000Z'],
  ])('writes timestamps as %j asks', async (formatOptions, text) => {
    const { body } = await query({ query: 'SELECT at', formatOptions });
    expect(body['rows']).toEqual([{ f: [{ v: text }] }, { f: [{ v: null }] }]);
  });

  it('is one query under one requestId', async () => {
    const first = await query({ query: 'SELECT n', requestId: 'r1' });
    const second = await query({ query: 'SELECT n', requestId: 'r1' });
    const third = await query({ query: 'SELECT n', requestId: 'r2' });
    expect(second.body['jobReference']).toEqual(first.body['jobReference']);
    expect(third.body['jobReference']).not.toEqual(first.body['jobReference']);
  });

  it('makes no job of a dry run', async () => {
    const { body } = await query({ query: 'SELECT n', dryRun: true });
    expect(body).toMatchObject({ jobComplete: true, totalBytesProcessed: '3000000' });
    expect(body['jobReference']).toEqual({ projectId: 'demo-project', location: 'US' });
    expect((await get('/jobs')).body['jobs']).toEqual([]);
  });

  it('keeps the limit on bytes billed', async () => {
    const refused = await query({ query: 'SELECT n', maximumBytesBilled: '10485759' });
    expect(failure(refused)).toEqual({
      status: 400,
      code: 400,
      reason: 'bytesBilledLimitExceeded',
      message: 'Query exceeded limit for bytes billed: 10485759. 10485760 or higher required.',
    });
    expect((await query({ query: 'SELECT n', maximumBytesBilled: '10485760' })).status).toBe(200);
  });

  it('reads gzip', async () => {
    const body = gzipSync(JSON.stringify({ query: 'SELECT n', useLegacySql: false }));
    const { status } = await send(fake.url, `POST ${base}/queries`, body, { 'content-encoding': 'gzip' });
    expect(status).toBe(200);
  });

  it('answers below the bare path', async () => {
    const body = { query: 'SELECT n', useLegacySql: false };
    expect((await send(fake.url, 'POST /projects/demo-project/queries', body)).status).toBe(200);
  });

  it.each([
    [{ query: 'SELECT n', useLegacySql: true }, 501, 'notImplemented'],
    [{ query: 'SELECT n', createSession: true }, 501, 'notImplemented'],
    [
      { query: 'SELECT n', connectionProperties: [{ key: 'time_zone', value: 'UTC' }] },
      501,
      'notImplemented',
    ],
    [{ query: 'SELECT n', queryResultsFormat: 'ARROW' }, 501, 'notImplemented'],
    [
      { query: 'SELECT n', parameterMode: 'NAMED', queryParameters: [{ parameterType: { type: 'INT64' } }] },
      400,
      'invalid',
    ],
    [{ query: 'SELECT n', maxResults: 'many' }, 400, 'invalid'],
    [{ query: '' }, 400, 'invalid'],
    [{ query: 5 }, 400, 'invalid'],
    [{ query: 'bad' }, 400, 'invalidQuery'],
    [{ query: 'SELECT n', location: 'EU', defaultDataset: { datasetId: 'shop' } }, 404, 'notFound'],
  ])('refuses %j', async (body, status, reason) => {
    expect(failure(await query(body))).toMatchObject({ status, code: status, reason });
  });

  it.each(['{"query"', '[]', '"text"'])('refuses the body %s', async (body) => {
    expect(failure(await send(fake.url, `POST ${base}/queries`, body))).toMatchObject({
      status: 400,
      reason: 'invalid',
    });
  });
});

describe('jobs.insert', () => {
  const select = { query: { query: 'SELECT n', useLegacySql: false } };

  it('starts a job that can be asked for', async () => {
    const { body } = await insert({ ...select, labels: { team: 'x' } }, { jobId: 'mine' });
    expect(body).toMatchObject({
      id: 'demo-project:US.mine',
      configuration: { jobType: 'QUERY', labels: { team: 'x' } },
    });
    await done('mine');
    expect((await get('/jobs/mine')).body).toMatchObject({
      kind: 'bigquery#job',
      status: { state: 'DONE' },
      jobReference: { projectId: 'demo-project', jobId: 'mine', location: 'US' },
      statistics: {
        creationTime: '1769860800000',
        totalBytesProcessed: '3000000',
        query: {
          statementType: 'SELECT',
          totalBytesBilled: '10485760',
          referencedTables: [{ projectId: 'demo-project', datasetId: 'shop', tableId: 'orders' }],
        },
      },
    });
  });

  it('takes a job id once', async () => {
    await insert(select, { jobId: 'mine' });
    expect(failure(await insert(select, { jobId: 'mine' }))).toEqual({
      status: 409,
      code: 409,
      reason: 'duplicate',
      message: 'Already Exists: Job demo-project:US.mine',
    });
  });

  it('shows the failure in the job and in its results', async () => {
    await insert({ query: { query: 'bad', useLegacySql: false } }, { jobId: 'broken' });
    const results = await done('broken');
    expect(failure(results)).toMatchObject({ status: 400, reason: 'invalidQuery', message: 'Syntax error' });
    const error = { reason: 'invalidQuery', message: 'Syntax error', location: 'query' };
    expect((await get('/jobs/broken')).body['status']).toEqual({
      state: 'DONE',
      errorResult: error,
      errors: [error],
    });
  });

  it('keeps the rows of a query in an anonymous table', async () => {
    await insert(select, { jobId: 'mine' });
    await done('mine');
    const { body } = await get('/jobs/mine');
    const table = destinationOf(body);
    expect(table['datasetId']).toMatch(/^_/);
    const path = `/datasets/${String(table['datasetId'])}/tables/${String(table['tableId'])}`;
    expect((await get(`${path}/data?maxResults=2`)).body).toMatchObject({
      totalRows: '5',
      rows: [{ f: [{ v: '0' }] }, { f: [{ v: '1' }] }],
    });
    expect((await get(path)).body).toMatchObject({ numRows: '5', schema: { fields: [{ name: 'n' }] } });
  });

  it('writes rows to a destination by its dispositions', async () => {
    const destinationTable = { projectId: 'demo-project', datasetId: 'shop', tableId: 'result' };
    const into = (jobId: string, writeDisposition: string): ReturnType<typeof send> =>
      insert({ query: { ...select.query, destinationTable, writeDisposition } }, { jobId }).then(() =>
        done(jobId),
      );
    await into('j1', 'WRITE_EMPTY');
    await into('j2', 'WRITE_APPEND');
    expect(failure(await into('j3', 'WRITE_EMPTY'))).toMatchObject({ status: 409, reason: 'duplicate' });
    expect((await get('/datasets/shop/tables/result')).body['numRows']).toBe('10');
    await into('j4', 'WRITE_TRUNCATE');
    expect((await get('/datasets/shop/tables/result')).body['numRows']).toBe('5');
  });

  it.each([
    [{ extract: { sourceTable: { datasetId: 'shop', tableId: 'orders' } } }, 501, 'notImplemented'],
    [
      { load: { sourceUris: ['gs://bucket/file'], destinationTable: { datasetId: 'shop', tableId: 'x' } } },
      501,
      'notImplemented',
    ],
    [
      { query: { query: 'SELECT n', useLegacySql: false, tableDefinitions: { t: { sourceFormat: 'CSV' } } } },
      501,
      'notImplemented',
    ],
    [
      {
        copy: {
          sourceTable: { datasetId: 'shop', tableId: 'orders' },
          destinationTable: { datasetId: 'shop', tableId: 'x' },
          operationType: 'SNAPSHOT',
        },
      },
      501,
      'notImplemented',
    ],
    [{}, 400, 'invalid'],
    [{ query: {}, copy: {} }, 400, 'invalid'],
    [{ ...select, dryRun: true, load: {} }, 400, 'invalid'],
  ])('refuses %j', async (configuration, status, reason) => {
    expect(failure(await insert(configuration))).toMatchObject({ status, reason });
  });
});

describe('jobs', () => {
  it('pages results by token and by index', async () => {
    await finish('mine');
    const { body } = await get('/queries/mine?maxResults=2&startIndex=1');
    expect(body['rows']).toEqual([{ f: [{ v: '1' }] }, { f: [{ v: '2' }] }]);
    const next = await get(`/queries/mine?maxResults=9&pageToken=${wordAt(body, 'pageToken')}`);
    expect(next.body['rows']).toEqual([{ f: [{ v: '3' }] }, { f: [{ v: '4' }] }]);
    expect('pageToken' in next.body).toBe(false);
  });

  it.each([
    ['totalRows,rows', ['rows', 'totalRows']],
    ['jobReference/jobId,schema(fields(name,type))', ['jobReference', 'schema']],
    ['', ['etag', 'kind', 'rows', 'schema']],
  ])('answers the fields %j only', async (fields, names) => {
    await finish('mine');
    const { body } = await get(`/queries/mine?fields=${encodeURIComponent(fields)}`);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(names));
    if (fields.includes('/')) {
      expect(body).toEqual({
        jobReference: { jobId: 'mine' },
        schema: { fields: [{ name: 'n', type: 'INTEGER' }] },
      });
    }
    expect('etag' in body).toBe(fields === '');
  });

  it('refuses fields that are no selection', async () => {
    await finish('mine');
    expect(failure(await get('/queries/mine?fields=a(b'))).toMatchObject({ status: 400, reason: 'invalid' });
  });

  it('refuses a token of another result', async () => {
    await finish('one');
    await finish('two');
    const { body } = await get('/queries/one?maxResults=2');
    const mixed = await get(`/queries/two?pageToken=${wordAt(body, 'pageToken')}`);
    expect(failure(mixed)).toMatchObject({ status: 400, message: 'Invalid page token' });
  });

  it('finds a job in its own location only', async () => {
    await finish('mine');
    expect((await get('/jobs/mine?location=us')).status).toBe(200);
    expect(failure(await get('/jobs/mine?location=EU'))).toMatchObject({
      status: 404,
      message: 'Not found: Job demo-project:EU.mine',
    });
    expect(failure(await get('/queries/other'))).toMatchObject({ status: 404, reason: 'notFound' });
  });

  it('lists the newest first, a page at a time', async () => {
    await finish('one');
    await finish('two');
    await finish('three');
    const { body } = await get('/jobs?maxResults=2&stateFilter=done');
    expect(ids(body['jobs'])).toEqual(['three', 'two']);
    const rest = await get(`/jobs?stateFilter=done&pageToken=${wordAt(body, 'nextPageToken')}`);
    expect(ids(rest.body['jobs'])).toEqual(['one']);
    expect((await get('/jobs?stateFilter=pending')).body['jobs']).toEqual([]);
  });

  it('cancels a job that has ended without a word', async () => {
    await finish('mine');
    const { status, body } = await send(fake.url, `POST ${base}/jobs/mine/cancel`);
    expect({ status, body }).toMatchObject({ status: 200, body: { job: { status: { state: 'DONE' } } } });
    expect('errorResult' in Object(body['job']).status).toBe(false);
  });

  it('is not complete before its time', async () => {
    const first = await query({ query: 'slow', timeoutMs: 5 });
    const reference = Object(first.body['jobReference']);
    expect(first.body).toEqual({
      kind: 'bigquery#queryResponse',
      jobReference: reference,
      location: 'US',
      jobComplete: false,
    });
    const path = `/queries/${reference.jobId}`;
    expect((await get(`${path}?timeoutMs=0`)).body['jobComplete']).toBe(false);
    expect((await get(`/jobs/${reference.jobId}`)).body['status']).toEqual({ state: 'RUNNING' });
    expect((await get(path)).body).toMatchObject({ jobComplete: true, totalRows: '5' });
  });

  it('ends where it is cancelled', async () => {
    await insert({ query: { query: 'endless', useLegacySql: false } }, { jobId: 'mine' });
    await send(fake.url, `POST ${base}/jobs/mine/cancel`);
    expect((await get('/jobs/mine')).body['status']).toMatchObject({
      state: 'DONE',
      errorResult: { reason: 'stopped' },
    });
    expect(failure(await done('mine'))).toMatchObject({ status: 400, reason: 'stopped' });
  });

  it('forgets a deleted job', async () => {
    await finish('mine');
    expect((await send(fake.url, `DELETE ${base}/jobs/mine/delete`)).status).toBe(204);
    expect((await get('/jobs/mine')).status).toBe(404);
  });
});

function destinationOf(job: Record<string, unknown>): Record<string, unknown> {
  return Object(Object(Object(job['configuration']).query).destinationTable);
}

function ids(jobs: unknown): unknown[] {
  return Array.isArray(jobs) ? jobs.map((job) => Object(Object(job).jobReference).jobId) : [];
}
