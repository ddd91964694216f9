import { BigQuery } from '@google-cloud/bigquery';
import { createRequire } from 'node:module';
import { stringify } from 'node:querystring';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fromClientRequest } from '../../src/call/normalise.ts';
import { rebuildRequest } from '../../src/call/rebuild.ts';
import type { ClientRequest } from '../../src/call/normalise.ts';

const target = {
  baseUrl: 'https://bigquery.googleapis.com/bigquery/v2',
  apiEndpoint: 'https://bigquery.googleapis.com',
  projectId: 'acme',
};

const eight: { readonly BigQuery: typeof BigQuery } = createRequire(import.meta.url)('bigquery-8');

const clients = { 9: BigQuery, 8: eight.BigQuery };

/** Runs one call of the official client and gives the options of the first request that it would send. */
async function requestOf(version: 8 | 9, run: (bigquery: BigQuery) => unknown): Promise<ClientRequest> {
  const bigquery = new clients[version]({ projectId: 'acme' });
  return new Promise((resolve, reject) => {
    const intercept = (request: ClientRequest) => {
      resolve(request);
      return { abort: () => {} };
    };
    Object.assign(bigquery, { makeAuthenticatedRequest: intercept });
    Promise.resolve(run(bigquery)).catch(reject);
  });
}

/** What runs in the official client although its types do not say so. */
const untyped = (value: object | string | null) => JSON.parse(JSON.stringify(value));

const calls: Readonly<Record<string, (bigquery: BigQuery) => unknown>> = {
  'jobs.query': (bq) =>
    bq.query({ query: 'SELECT @a', params: { a: [1, 2] }, labels: { a: 'b' }, jobPrefix: 'x' }),
  'jobs.query with every option': (bq) =>
    bq.query(
      {
        query: 'SELECT ?',
        params: [bq.date('2020-01-01')],
        createSession: true,
        connectionProperties: [{ key: 'session_id', value: 's' }],
        maximumBytesBilled: '1',
        location: 'EU',
        defaultDataset: { datasetId: 'd' },
        useQueryCache: false,
        jobCreationMode: 'JOB_CREATION_REQUIRED',
        reservation: 'projects/p/locations/l/reservations/r',
        continuous: false,
        writeIncrementalResults: true,
      },
      { maxResults: 5, timeoutMs: 10, wrapIntegers: true, skipParsing: true },
    ),
  'jobs.query struct': (bq) =>
    bq.query({
      query: 'SELECT @s',
      params: { s: { a: 1, b: ['x'] }, t: bq.timestamp('2020-01-01T00:00:00Z') },
    }),
  'jobs.query range': (bq) =>
    bq.query({
      query: 'SELECT @r',
      params: { r: bq.range('[2020-01-01, 2020-01-02)', 'DATE') },
    }),
  'jobs.insert dry run': (bq) =>
    bq.query({
      query: 'SELECT @a',
      params: { a: [1] },
      types: { a: ['INT64'] },
      dryRun: true,
      maxResults: 3,
      wrapIntegers: true,
    }),
  'jobs.insert query': (bq) =>
    bq.createQueryJob({
      query: 'SELECT 1',
      destination: bq.dataset('d').table('t'),
      jobTimeoutMs: 5,
      jobId: 'j',
      labels: { a: 'b' },
      writeDisposition: 'WRITE_TRUNCATE',
      createDisposition: 'CREATE_IF_NEEDED',
      priority: 'BATCH',
      location: 'EU',
      timePartitioning: { type: 'DAY', field: 'x' },
      clustering: { fields: ['a'] },
      schemaUpdateOptions: ['ALLOW_FIELD_ADDITION'],
      rangePartitioning: { field: 'n', range: { start: '0', end: '9', interval: '1' } },
      tableDefinitions: {
        ext: { sourceFormat: 'CSV', sourceUris: ['gs://b/a.csv'], csvOptions: { skipLeadingRows: '1' } },
      },
      userDefinedFunctionResources: [{ inlineCode: 'x' }],
      scriptOptions: { statementTimeoutMs: '5' },
      destinationEncryptionConfiguration: { kmsKeyName: 'k' },
      reservation: 'none',
      maximumBillingTier: 1,
    }),
  'jobs.insert copy': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .createCopyJob(bq.dataset('e').table('u'), { writeDisposition: 'WRITE_EMPTY', operationType: 'COPY' }),
  'jobs.insert copy from': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .createCopyFromJob([bq.dataset('e').table('u')], {}),
  'jobs.insert model extract': (bq) =>
    bq.dataset('d').model('m').createExtractJob('gs://b/m', { format: 'ML_TF_SAVED_MODEL' }),
  'jobs.insert raw': (bq) =>
    bq.createJob({
      configuration: {
        load: { sourceUris: ['gs://b/x'], schema: { fields: [{ name: 'a', type: 'STRING' }] } },
      },
    }),
  'jobs.insert upload': (bq) => {
    const stream = bq
      .dataset('d', { location: 'EU' })
      .table('t')
      .createWriteStream({ sourceFormat: 'CSV', schema: untyped('a,b:integer'), jobPrefix: 'x' });
    Readable.from(['a,1']).pipe(stream);
  },
  'jobs.getQueryResults': (bq) =>
    bq.job('j', { location: 'EU' }).getQueryResults({
      maxResults: 2,
      startIndex: '1',
      timeoutMs: 10,
      wrapIntegers: true,
      parseJSON: true,
      autoPaginate: false,
    }),
  'jobs.getQueryResults skipping': (bq) =>
    bq.job('j').getQueryResults(untyped({ skipParsing: true, autoPaginate: false })),
  'jobs.get': (bq) => bq.job('j', { location: 'EU' }).getMetadata(),
  'jobs.list': (bq) =>
    bq.getJobs(
      untyped({ allUsers: true, stateFilter: ['done', 'running'], minCreationTime: '1', parentJobId: 'p' }),
    ),
  'jobs.cancel': (bq) => bq.job('j', { location: 'EU' }).cancel(),
  'jobs.delete': (bq) => bq.job('j').delete(),
  'tabledata.list': (bq) =>
    bq
      .dataset('d')
      .table('t$20240101')
      .getRows({ maxResults: 2, selectedFields: 'a', wrapIntegers: true, autoPaginate: false }),
  'tabledata.insertAll': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .insert([{ a: bq.date('2020-01-01'), b: Buffer.from('x') }], {
        ignoreUnknownValues: true,
        skipInvalidRows: true,
        templateSuffix: '_x',
      }),
  'tabledata.insertAll raw': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .insert([{ insertId: '1', json: { a: 1 } }], { raw: true }),
  'tabledata.insertAll stream': (bq) => {
    bq.dataset('d')
      .table('t')
      .createInsertStream({ batchOptions: { maxMilliseconds: 1, maxBytes: 1000, maxRows: 10 } })
      .write({ a: 1 });
  },
  'datasets.insert': (bq) =>
    bq.createDataset('d', {
      location: 'EU',
      projectId: 'other',
      labels: { a: 'b' },
      defaultTableExpirationMs: '1',
    }),
  'datasets.list': (bq) =>
    bq.getDatasets({ all: true, filter: 'labels.a', projectId: 'other', maxResults: 3 }),
  'datasets.get': (bq) => bq.dataset('d').get(untyped({ autoCreate: true, location: 'EU' })),
  'datasets.patch': (bq) =>
    bq
      .dataset('d')
      .setMetadata({ description: 'x', access: [{ role: 'READER', specialGroup: 'projectReaders' }] }),
  'datasets.delete': (bq) => bq.dataset('d').delete({ force: true }),
  'tables.insert': (bq) =>
    bq.dataset('d').createTable('t', {
      schema: 'a,b:integer',
      partitioning: 'day',
      friendlyName: 'x',
      expirationTime: '1',
    }),
  'tables.insert view': (bq) => bq.dataset('d').createTable('v', { view: 'SELECT 1', labels: {} }),
  'tables.list': (bq) => bq.dataset('d').getTables({ maxResults: 3 }),
  'tables.get': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .get(untyped({ autoCreate: true, schema: { fields: [{ name: 'a' }] }, name: 'x' })),
  'tables.get view': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .getMetadata(untyped({ view: 'FULL', selectedFields: 'a' })),
  'tables.patch': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .setMetadata({
        schema: 'a',
        description: untyped(null),
        view: 'SELECT 1',
        materializedView: { query: 'q' },
      }),
  'tables.delete': (bq) => bq.dataset('d').table('t').delete(),
  'tables.getIamPolicy': (bq) => bq.dataset('d').table('t').getIamPolicy({ requestedPolicyVersion: 1 }),
  'tables.setIamPolicy': (bq) =>
    bq
      .dataset('d')
      .table('t')
      .setIamPolicy(
        { bindings: [{ role: 'r', members: ['user:a'] }], etag: 'e' },
        { updateMask: 'bindings' },
      ),
  'tables.testIamPermissions': (bq) => bq.dataset('d').table('t').testIamPermissions(['bigquery.tables.get']),
  'models.list': (bq) => bq.dataset('d').getModels({ maxResults: 3 }),
  'models.get': (bq) => bq.dataset('d').model('m').getMetadata(),
  'models.patch': (bq) =>
    bq
      .dataset('d')
      .model('m')
      .setMetadata({ friendlyName: 'x', labels: { a: 'b' } }),
  'models.delete': (bq) => bq.dataset('d').model('m').delete(),
  'routines.insert': (bq) =>
    bq.dataset('d').createRoutine('r', {
      routineType: 'SCALAR_FUNCTION',
      language: 'SQL',
      definitionBody: '1',
      arguments: [{ name: 'x', dataType: { typeKind: 'INT64' } }],
    }),
  'routines.list': (bq) => bq.dataset('d').getRoutines({ filter: 'x', maxResults: 3 }),
  'routines.get': (bq) => bq.dataset('d').routine('r').getMetadata(),
  'routines.delete': (bq) => bq.dataset('d').routine('r').delete(),
};

describe.each([8, 9] as const)('what version %i of the official client sends', (version) => {
  it.each(Object.entries(calls))('%s can be sent', async (name, run) => {
    const call = fromClientRequest(await requestOf(version, run), target);
    expect([call.operation, call.flaw]).toEqual([name.split(' ')[0], undefined]);
  });

  it.each(Object.entries(calls))('%s is rebuilt without a change', async (_, run) => {
    const request = await requestOf(version, run);
    const call = fromClientRequest(request, target);
    const { method, path, query, body, upload } = rebuildRequest(call);
    const address = `${upload ? `${target.apiEndpoint}/upload/bigquery/v2` : target.baseUrl}${path}`;
    const sent = upload ? Object(request.multipart)[0].body : JSON.stringify(request.json);
    const { autoPaginate: _local, ...qs } = Object(request.qs);
    // Version 8 leaves the dollar sign of a partition as it is, version 9 encodes it.
    expect([method, decodeURIComponent(address), stringify({ ...query }), body]).toEqual([
      request.method ?? 'GET',
      decodeURIComponent(String(request.uri)),
      stringify(qs),
      sent === undefined ? undefined : JSON.parse(sent),
    ]);
  });
});
