import { isJsonObject } from '../../src/call/json.ts';
import type { JsonObject } from '../../src/call/json.ts';
import type { WireRequest } from './fake-server.ts';

export interface Answer {
  readonly status: number;
  /** Nothing for an empty answer, as deletes give it. */
  readonly body: JsonObject | undefined;
}

const schema = {
  fields: [
    { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
    { name: 'name', type: 'STRING' },
    { name: 'at', type: 'TIMESTAMP' },
    { name: 'price', type: 'NUMERIC' },
    { name: 'tags', type: 'STRING', mode: 'REPEATED' },
    { name: 'place', type: 'RECORD', fields: [{ name: 'city', type: 'STRING' }] },
    { name: 'more', type: 'JSON' },
  ],
};

const row = (id: number): JsonObject => ({
  f: [
    { v: String(id) },
    { v: `name ${id}` },
    { v: '1700000000000000' },
    { v: '12.50' },
    { v: [{ v: 'a' }, { v: 'b' }] },
    { v: { f: [{ v: 'Berlin' }] } },
    { v: '{"a":1}' },
  ],
});

const page = { schema, rows: [row(1), row(2)], totalRows: '4', jobComplete: true };
const project = { projectId: 'p' };
const listed = { datasetReference: { ...project, datasetId: 'd' }, id: 'p:d', location: 'US' };
const dataset = { ...listed, etag: 'e' };
const tableReference = { ...project, datasetId: 'd', tableId: 't' };
const table = { tableReference, id: 'p:d.t', etag: 'e', type: 'TABLE', schema };
const modelReference = { ...project, datasetId: 'd', modelId: 'm' };
const routineReference = { ...project, datasetId: 'd', routineId: 'r' };
const routine = { routineReference, routineType: 'SCALAR_FUNCTION', definitionBody: 'x + 1', etag: 'e' };
const jobReference = { ...project, jobId: 'job', location: 'US' };
const job = { jobReference, id: 'p:US.job', status: { state: 'DONE' }, configuration: { jobType: 'QUERY' } };
const policy = { bindings: [{ role: 'roles/viewer', members: ['user:a@b.c'] }], etag: 'e', version: 1 };

type Reply = (body: JsonObject, url: URL) => JsonObject | undefined;

/** What each method answers, in the order in which the patterns are tried. */
const replies: readonly (readonly [RegExp, Reply])[] = [
  [/^POST .*\/queries$/, answerQuery],
  [/^GET .*\/queries\//, (_body, url) => (url.searchParams.has('pageToken') ? page : { ...page, ...paged })],
  [/^POST \/upload\//, () => ({ ...job, configuration: { load: {} } })],
  [/^POST .*\/jobs$/, () => ({ ...job, statistics: { totalBytesProcessed: '10' } })],
  [/^GET .*\/jobs$/, () => ({ jobs: [{ jobReference, state: 'DONE' }], etag: 'e' })],
  [/^GET .*\/jobs\//, () => job],
  [/^POST .*\/cancel$/, () => ({ job })],
  [/^GET .*\/data$/, (_body, url) => rowsPage(url)],
  [/^POST .*\/insertAll$/, answerInsert],
  [/^POST .*:testIamPermissions$/, () => ({ permissions: ['bigquery.tables.get'] })],
  [/^POST .*:[gs]etIamPolicy$/, () => policy],
  [/^GET .*\/tables$/, () => ({ tables: [{ tableReference, id: 'p:d.t', type: 'TABLE' }], totalItems: 1 })],
  [/ .*\/tables(\/[^/]+)?$/, (body) => ({ ...table, ...body, tableReference })],
  [/^GET .*\/models$/, () => ({ models: [{ modelReference, modelType: 'KMEANS' }] })],
  [/ .*\/models\//, () => ({ modelReference, modelType: 'KMEANS', etag: 'e' })],
  [/^GET .*\/routines$/, () => ({ routines: [routine] })],
  [/ .*\/routines(\/[^/]+)?$/, () => routine],
  [/^GET .*\/datasets$/, () => ({ datasets: [{ ...listed, labels: { team: 'x' } }], etag: 'e' })],
  [/ .*\/datasets(\/[^/]+)?$/, () => dataset],
];

const paged = { pageToken: 'next' };

export function cannedAnswer({ method, url: target, body }: WireRequest): Answer {
  const url = new URL(target, 'http://fake');
  if (method === 'DELETE') return { status: 204, body: undefined };
  const reply = replies.find(([pattern]) => pattern.test(`${method} ${url.pathname}`));
  if (reply === undefined) return { status: 404, body: { error: { code: 404, message: 'no such path' } } };
  return { status: 200, body: reply[1](parse(body), url) };
}

function answerQuery({ query }: JsonObject): JsonObject {
  if (query === 'SELECT slow') return { jobComplete: false, jobReference };
  const answer = { ...page, jobReference, totalBytesProcessed: '10', cacheHit: false };
  return query === 'SELECT paged' ? { ...answer, ...paged } : answer;
}

function rowsPage(url: URL): JsonObject {
  const { rows, totalRows } = page;
  return url.searchParams.has('pageToken') ? { rows, totalRows } : { rows, totalRows, pageToken: 'next' };
}

function answerInsert(body: JsonObject): JsonObject {
  const isBad = JSON.stringify(body).includes('"bad"');
  const errors = [{ reason: 'invalid', message: 'no such field', location: 'bad' }];
  return isBad ? { insertErrors: [{ index: 0, errors }] } : { kind: 'bigquery#tableDataInsertAllResponse' };
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
