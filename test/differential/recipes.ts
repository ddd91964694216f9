import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BigQuery, File as StorageFile, Query } from '@google-cloud/bigquery';

type Client = BigQuery;

/** One thing that people do with the official client. It returns what they would see. */
export type Recipe = (client: Client, serverUrl: string) => unknown;

const dataset = (client: Client) => client.dataset('d');
const table = (client: Client) => client.dataset('d').table('t');
const other = (client: Client) => client.dataset('d2').table('t2');
const model = (client: Client) => client.dataset('d').model('m');
const routine = (client: Client) => client.dataset('d').routine('r');
const job = (client: Client) => client.job('job', { location: 'US' });
const sql = (query: string, more: Query = {}): Query => ({ query, ...more });

const rowsFile = fileURLToPath(new URL('rows.csv', import.meta.url));

/** As `@google-cloud/storage` names its classes; the client looks at nothing else. */
class Storage {
  readonly projectId = 'p';
}
class Bucket {
  readonly name = 'bucket';
  readonly parent: Storage = new Storage();
}
class File {
  readonly name: string;
  readonly bucket: Bucket = new Bucket();
  readonly parent: Bucket = this.bucket;
  constructor(name: string) {
    this.name = name;
  }
}
const file = (name: string): StorageFile => new File(name);

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of stream) found.push(item);
  return found;
}

function callback(work: (done: (...answer: unknown[]) => void) => void): Promise<unknown[]> {
  return new Promise((resolve) => work((...answer) => resolve(answer)));
}

function write(client: Client, metadata: object): Promise<unknown[]> {
  const events: unknown[] = [];
  const stream = table(client).createWriteStream(metadata);
  stream.on('response', (response) => events.push(['response', response.statusCode, response.body]));
  stream.on('job', (found) => events.push(['job', found.id]));
  stream.on('complete', (found) => events.push(['complete', found.metadata]));
  return new Promise((resolve, reject) => {
    stream.on('error', reject).on('finish', () => resolve(events));
    stream.write('1,a\n');
    stream.end('2,b\n');
  });
}

async function insertStream(client: Client, rows: readonly object[]): Promise<unknown> {
  const stream = table(client).createInsertStream({
    batchOptions: { maxRows: rows.length, maxBytes: 1_000_000, maxMilliseconds: 1000 },
  });
  const answer = Promise.race([once(stream, 'response'), once(stream, 'error')]);
  for (const row of rows) stream.write(row);
  return answer;
}

function requestStream(client: Client): Promise<unknown> {
  const stream = client.requestStream({ uri: '/datasets' });
  const seen: unknown[] = [];
  let text = '';
  stream.on('response', (response) => seen.push(response.statusCode));
  stream.on('data', (chunk) => (text += String(chunk)));
  return new Promise((resolve, reject) => {
    stream.on('error', reject).on('end', () => resolve([...seen, JSON.parse(text)]));
  });
}

/** Upstream promises and callbacks alike; 92 of them, by name. */
export const recipes: Readonly<Record<string, Recipe>> = {
  'query(text)': (c) => c.query('SELECT 1'),
  'query(named parameters)': (c) => c.query(sql('SELECT @a, @b', { params: { a: 1, b: 'x' } })),
  'query(positional parameters)': (c) =>
    c.query(sql('SELECT ?, ?', { params: [c.date('2026-01-01'), [1, 2]] })),
  'query(typed parameters)': (c) => c.query(sql('SELECT @a', { params: { a: null }, types: { a: 'INT64' } })),
  'query(callback)': (c) => callback((done) => c.query('SELECT 1', done)),
  'query(location, labels)': (c) => c.query(sql('SELECT 1', { location: 'EU', labels: { team: 'x' } })),
  'query(maximumBytesBilled)': (c) => c.query(sql('SELECT 1', { maximumBytesBilled: '1000' })),
  'query(defaultDataset)': (c) => c.query(sql('SELECT 1', { defaultDataset: { datasetId: 'd' } })),
  'query(createSession)': (c) => c.query(sql('SELECT 1', { createSession: true, useQueryCache: false })),
  'query(wrapIntegers)': (c) => c.query(sql('SELECT 1', { wrapIntegers: true, parseJSON: true })),
  'query(pages)': (c) => c.query('SELECT paged'),
  'query(one page)': (c) => c.query(sql('SELECT paged'), { autoPaginate: false, maxResults: 2 }),
  'query(slow)': (c) => c.query('SELECT slow'),
  'query(slow, timeoutMs)': (c) => c.query(sql('SELECT slow'), { timeoutMs: 5 }),
  'query(dry run)': (c) => c.query(sql('SELECT 1', { dryRun: true })),
  'query(destination)': (c) => c.query(sql('SELECT 1', { destination: table(c) })),
  'query(jobId)': (c) => c.query(sql('SELECT 1', { jobId: 'mine' })),
  'query(batch)': (c) => c.query(sql('SELECT 1', { priority: 'BATCH' })),
  'query(jobTimeoutMs)': (c) => c.query(sql('SELECT 1', { jobTimeoutMs: 1000 })),
  'query(not SQL text)': (c) => c.query(sql('SELECT @a', { params: { a: undefined } })),
  'createQueryStream(text)': (c) => all(c.createQueryStream('SELECT paged')),
  'createQueryStream(options)': (c) => all(c.createQueryStream(sql('SELECT paged', { maxResults: 3 }))),
  'createQueryJob(text)': (c) => c.createQueryJob('SELECT 1'),
  'createQueryJob(prefix, dry run)': (c) =>
    c.createQueryJob(sql('SELECT 1', { jobPrefix: 'x', dryRun: true })),
  'createQueryJob(callback)': (c) => callback((done) => c.createQueryJob('SELECT 1', done)),
  'createJob(query)': (c) => c.createJob({ configuration: { query: { query: 'SELECT 1' } }, jobId: 'mine' }),
  'getJobs()': (c) => c.getJobs(),
  'getJobs(filter)': (c) =>
    c.getJobs({ allUsers: true, maxResults: 5, projection: 'full', autoPaginate: false }),
  'getJobsStream()': (c) => all(c.getJobsStream()),
  'getDatasets()': (c) => c.getDatasets(),
  'getDatasets(all)': (c) => c.getDatasets({ all: true, filter: 'labels.a:b' }),
  'getDatasets(project)': (c) => c.getDatasets({ projectId: 'other' }),
  'getDatasetsStream()': (c) => all(c.getDatasetsStream()),
  'createDataset()': (c) => c.createDataset('d', { location: 'US', description: 'x' }),
  'request(relative)': (c) => callback((done) => c.request({ uri: '/datasets' }, done)),
  'request(absolute)': (c, url) =>
    callback((done) => c.request({ uri: `${url}/bigquery/v2/projects/p/datasets/d` }, done)),
  'requestStream()': requestStream,
  'dataset.get()': (c) => dataset(c).get(),
  'dataset.get(autoCreate)': (c) => dataset(c).get({ autoCreate: true }),
  'dataset.exists()': (c) => dataset(c).exists(),
  'dataset.getMetadata()': (c) => dataset(c).getMetadata(),
  'dataset.setMetadata()': (c) => dataset(c).setMetadata({ description: 'x' }),
  'dataset.delete()': (c) => dataset(c).delete({ force: true }),
  'dataset.create()': (c) => dataset(c).create(),
  'dataset.createTable(schema)': (c) => dataset(c).createTable('t', { schema: 'id:integer, name' }),
  'dataset.createTable(view)': (c) => dataset(c).createTable('t', { view: 'SELECT 1' }),
  'dataset.getTables()': (c) => dataset(c).getTables(),
  'dataset.getTablesStream()': (c) => all(dataset(c).getTablesStream()),
  'dataset.query()': (c) => dataset(c).query('SELECT 1'),
  'dataset.createQueryJob()': (c) => dataset(c).createQueryJob('SELECT 1'),
  'dataset.createQueryStream()': (c) => all(dataset(c).createQueryStream('SELECT 1')),
  'dataset.getModels()': (c) => dataset(c).getModels(),
  'dataset.getModelsStream()': (c) => all(dataset(c).getModelsStream()),
  'dataset.createRoutine()': (c) =>
    dataset(c).createRoutine('r', { definitionBody: 'x + 1', language: 'SQL' }),
  'dataset.getRoutines()': (c) => dataset(c).getRoutines(),
  'dataset.getRoutinesStream()': (c) => all(dataset(c).getRoutinesStream()),
  'dataset of another project': (c) => c.dataset('d', { projectId: 'other' }).table('t').getMetadata(),
  'model.get()': (c) => model(c).get(),
  'model.exists()': (c) => model(c).exists(),
  'model.getMetadata()': (c) => model(c).getMetadata(),
  'model.setMetadata()': (c) => model(c).setMetadata({ friendlyName: 'x' }),
  'model.delete()': (c) => model(c).delete(),
  'model.createExtractJob()': (c) => model(c).createExtractJob(file('m.model')),
  'model.extract()': (c) => model(c).extract(file('m.model')),
  'routine.get()': (c) => routine(c).get(),
  'routine.exists()': (c) => routine(c).exists(),
  'routine.setMetadata()': (c) => routine(c).setMetadata({ description: 'x' }),
  'routine.delete()': (c) => routine(c).delete(),
  'table.get()': (c) => table(c).get(),
  'table.get(autoCreate)': (c) => table(c).get({ autoCreate: true }),
  'table.exists()': (c) => table(c).exists(),
  'table.getMetadata(view)': (c) => table(c).getMetadata({ view: 'BASIC' }),
  'table.setMetadata()': (c) => table(c).setMetadata({ name: 'x', schema: 'id:integer' }),
  'table.delete()': (c) => table(c).delete(),
  'table with decorator': (c) => dataset(c).table('t$20260101').getMetadata(),
  'table.insert(rows)': (c) => table(c).insert([{ id: 1, at: c.timestamp(0) }, { id: 2 }]),
  'table.insert(raw)': (c) =>
    table(c).insert({ insertId: 'i', json: { id: 1 } }, { raw: true, skipInvalidRows: true }),
  'table.insert(bad row)': (c) => table(c).insert([{ bad: 1 }], { partialRetries: 0 }),
  'table.insert(schema)': (c) => table(c).insert([{ id: 1 }], { schema: 'id:integer' }),
  'table.getRows()': (c) => table(c).getRows(),
  'table.getRows(one page)': (c) => table(c).getRows({ maxResults: 2, autoPaginate: false }),
  'table.createReadStream()': (c) => all(table(c).createReadStream()),
  'table.createInsertStream(bad row)': (c) => insertStream(c, [{ bad: 1 }]),
  'table.createWriteStream()': (c) => write(c, { sourceFormat: 'CSV', schema: 'id:integer,name' }),
  'table.load(local file)': (c) => table(c).load(rowsFile, { location: 'US' }),
  'table.createLoadJob(local file)': (c) => table(c).createLoadJob(rowsFile, { jobId: 'mine' }),
  'table.load(storage)': (c) => table(c).load(file('a.json')),
  'table.createLoadJob(storage)': (c) => table(c).createLoadJob([file('a.csv')], { jobPrefix: 'x' }),
  'table.copy()': (c) => table(c).copy(other(c)),
  'table.createCopyJob()': (c) => table(c).createCopyJob(other(c), { writeDisposition: 'WRITE_TRUNCATE' }),
  'table.copyFrom()': (c) => table(c).copyFrom([other(c)]),
  'table.extract()': (c) => table(c).extract(file('a.json'), { gzip: true }),
  'table.createExtractJob()': (c) => table(c).createExtractJob(file('b.csv')),
  'table.query()': (c) => table(c).query('SELECT 1'),
  'table.createQueryJob()': (c) => table(c).createQueryJob(sql('SELECT 1')),
  'table.getIamPolicy()': (c) => table(c).getIamPolicy({ requestedPolicyVersion: 1 }),
  'table.setIamPolicy()': (c) => table(c).setIamPolicy({ bindings: [] }, { updateMask: 'bindings' }),
  'table.testIamPermissions()': (c) => table(c).testIamPermissions(['bigquery.tables.get']),
  'table.request()': (c) => table(c).request({ uri: '/data', qs: { maxResults: 1 } }),
  'job.get()': (c) => job(c).get(),
  'job.exists()': (c) => job(c).exists(),
  'job.getMetadata()': (c) => job(c).getMetadata(),
  'job.cancel()': (c) => job(c).cancel(),
  'job.delete()': (c) => job(c).delete(),
  'job.promise()': (c) => job(c).promise(),
  'job.getQueryResults()': (c) => job(c).getQueryResults({ maxResults: 2 }),
  'job.getQueryResultsStream()': (c) => all(job(c).getQueryResultsStream()),
};
