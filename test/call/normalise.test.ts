import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fromClientRequest, fromHttpRequest } from '../../src/call/normalise.ts';
import type { Call } from '../../src/call/call.ts';
import type { ClientRequest } from '../../src/call/normalise.ts';

const target = {
  baseUrl: 'https://bigquery.googleapis.com/bigquery/v2',
  apiEndpoint: 'https://bigquery.googleapis.com',
  projectId: 'acme',
};
const id = '0190a1f0-0000-7000-8000-000000000001';
const base = `${target.baseUrl}/projects/acme`;

const client = (request: ClientRequest) => fromClientRequest(request, target, id);
const http = (method: string, url: string, more: object = {}) =>
  fromHttpRequest({ method, url, ...more }, id);

/** What matters of a call that was refused. */
const flawOf = ({ operation, flaw }: Call) => [operation, flaw];

describe('a request of the official client', () => {
  it('becomes a call', () => {
    const request = {
      method: 'POST',
      uri: `${base}/queries`,
      json: { query: 'SELECT 1', useLegacySql: false, labels: undefined },
      qs: { prettyPrint: false },
    };
    expect(client(request)).toEqual({
      id,
      operation: 'jobs.query',
      class: 'read',
      project: 'acme',
      ids: { projectId: 'acme' },
      query: { prettyPrint: 'false' },
      body: { query: 'SELECT 1', useLegacySql: false },
      upload: undefined,
      method: 'POST',
      path: '/projects/acme/queries',
    });
  });

  it('without a method is GET, and its ids are decoded', () => {
    const { operation, ids, path } = client({ uri: `${base}/datasets/d/tables/t%2420240101/data` });
    expect([operation, ids, path]).toEqual([
      'tabledata.list',
      { projectId: 'acme', datasetId: 'd', tableId: 't$20240101' },
      '/projects/acme/datasets/d/tables/t$20240101/data',
    ]);
  });

  it.each(['{{projectId}}', '%7B%7BprojectId%7D%7D'])('gets its project for %s', (token) => {
    const { project, body, flaw } = client({
      method: 'POST',
      uri: `${target.baseUrl}/projects/${token}/jobs`,
      json: {
        configuration: { query: { query: 'SELECT 1' } },
        jobReference: { projectId: token, jobId: 'j' },
      },
    });
    expect([project, body?.['jobReference'], flaw]).toEqual([
      'acme',
      { projectId: 'acme', jobId: 'j' },
      undefined,
    ]);
  });

  it('of an upload carries its metadata and its stream', () => {
    const stream = new PassThrough();
    const metadata = {
      configuration: {
        load: { destinationTable: { projectId: '{{projectId}}', datasetId: 'd', tableId: 't' } },
      },
      jobReference: { projectId: '{{projectId}}', jobId: 'j' },
    };
    const call = client({
      method: 'POST',
      uri: 'https://bigquery.googleapis.com/upload/bigquery/v2/projects/{{projectId}}/jobs',
      qs: { uploadType: 'multipart' },
      multipart: [
        { 'Content-Type': 'application/json', body: JSON.stringify(metadata) },
        { 'Content-Type': 'text/csv', body: stream },
      ],
    });
    expect(call).toEqual({
      id,
      operation: 'jobs.insert',
      class: 'write',
      project: 'acme',
      ids: { projectId: 'acme', jobId: 'j' },
      query: { uploadType: 'multipart' },
      body: {
        configuration: { load: { destinationTable: { projectId: 'acme', datasetId: 'd', tableId: 't' } } },
        jobReference: { projectId: 'acme', jobId: 'j' },
      },
      upload: { contentType: 'text/csv', stream },
      method: 'POST',
      path: '/projects/acme/jobs',
    });
  });

  it('is judged as the text that goes on the wire', () => {
    const body = { rows: [{ json: { at: new Date(0), n: { toJSON: () => '7' }, gone: undefined } }] };
    const call = client({ method: 'POST', uri: `${base}/datasets/d/tables/t/insertAll`, json: body });
    expect(call.body).toEqual({ rows: [{ json: { at: '1970-01-01T00:00:00.000Z', n: '7' } }] });
  });

  it('lists parameters that stand in the address and in qs, or in a list', () => {
    const { query, flaw } = client({
      uri: `${base}/jobs?maxResults=1`,
      qs: { stateFilter: ['done', 'running'], allUsers: true, pageToken: undefined, autoPaginate: false },
    });
    expect([query, flaw]).toEqual([
      { maxResults: '1', stateFilter: ['done', 'running'], allUsers: 'true' },
      undefined,
    ]);
  });

  it('to an emulator without the prefix is found as well', () => {
    const emulator = {
      baseUrl: 'http://localhost:9050',
      apiEndpoint: 'http://localhost:9050',
      projectId: 'p',
    };
    const list = fromClientRequest({ uri: 'http://localhost:9050/projects/p/datasets' }, emulator, id);
    const uri = 'http://localhost:9050/upload/bigquery/v2/projects/p/jobs';
    const upload = fromClientRequest({ method: 'POST', uri }, emulator, id);
    expect([list.operation, upload.operation]).toEqual(['datasets.list', 'jobs.insert']);
  });

  it.each([
    'https://evil.example/bigquery/v2/projects/acme/datasets',
    'https://bigquery.googleapis.com.evil.example/bigquery/v2/projects/acme/datasets',
    'https://bigquery.googleapis.com@evil.example/bigquery/v2/projects/acme/datasets',
    'http://bigquery.googleapis.com/bigquery/v2/projects/acme/datasets',
    'https://bigquery.googleapis.com:444/bigquery/v2/projects/acme/datasets',
    'https://bigquery.googleapis.com/bigquery/v2projects/acme/datasets',
    '//evil.example/bigquery/v2/projects/acme/datasets',
    'http://169.254.169.254/computeMetadata/v1/token',
    '/projects/acme/datasets',
    '',
  ])('to %s is foreign', (uri) => {
    expect(flawOf(client({ uri }))).toEqual([
      'unknown',
      'The address is not that of the configured BigQuery service.',
    ]);
  });

  it('to a foreign address keeps credentials and query out of the record', () => {
    expect(client({ uri: 'https://ana:secret@evil.example/x?token=secret' }).path).toBe(
      'https://evil.example/x',
    );
  });

  it.each([
    ['a form', { form: { a: 1 } }, 'The form of the request body is not known.'],
    ['strange parts', { multipart: [{ body: 'x' }] }, 'The form of the request body is not known.'],
    ['a list', { json: [] }, 'The request body is not a JSON object.'],
    ['broken text', { body: '{"query":"SELECT 1",}' }, 'The request body is not a JSON object.'],
    ['a buffer', { body: Buffer.from('{}').toString('base64') }, 'The request body is not a JSON object.'],
    ['a number too large', { json: { query: 1n } }, 'The request body is not a JSON object.'],
    [
      'an overridden method',
      { headers: { 'x-HTTP-method-Override': 'PUT' } },
      'The header x-http-method-override cannot be sent.',
    ],
  ])('with %s is flawed', (_, more, flaw) => {
    const request = { method: 'POST', uri: `${base}/queries`, json: undefined, ...more };
    expect(flawOf(client(request))).toEqual(['jobs.query', flaw]);
  });

  it('with a body that refers to itself is flawed', () => {
    const json: Record<string, unknown> = { query: 'SELECT 1' };
    json['labels'] = json;
    expect(flawOf(client({ method: 'POST', uri: `${base}/queries`, json }))).toEqual([
      'jobs.query',
      'The request body is not a JSON object.',
    ]);
  });
});

describe('an HTTP request', () => {
  it('becomes the same call as that of the client', () => {
    const body = { query: 'SELECT 1' };
    const fromClient = client({
      method: 'POST',
      uri: `${base}/queries`,
      json: body,
      qs: { prettyPrint: false },
    });
    const url = '/bigquery/v2/projects/acme/queries?prettyPrint=false';
    expect([http('POST', url, { body }), http('POST', url.replace('/bigquery/v2', ''), { body })]).toEqual([
      fromClient,
      fromClient,
    ]);
  });

  it.each([
    [
      'GET',
      '/projects/acme/datasets?fields=id',
      'The query parameter "fields" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?%66ields=id',
      'The query parameter "fields" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?$alt=media',
      'The query parameter "$alt" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?%24.xgafv=1',
      'The query parameter "$.xgafv" is not known for datasets.list.',
    ],
    ['GET', '/projects/acme/datasets?key=k', 'The query parameter "key" is not known for datasets.list.'],
    [
      'GET',
      '/projects/acme/datasets?access_token=t',
      'The query parameter "access_token" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?quotaUser=q',
      'The query parameter "quotaUser" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?callback=c',
      'The query parameter "callback" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?uploadType=media',
      'The query parameter "uploadType" is not known for datasets.list.',
    ],
    [
      'GET',
      '/projects/acme/datasets?__proto__=1',
      'The query parameter "__proto__" is not known for datasets.list.',
    ],
    ['GET', '/projects/acme/datasets?alt=media', 'The query parameter "alt" can only be "json".'],
    ['GET', '/projects/acme/datasets?all=true&all=false', 'The query parameter "all" stands there twice.'],
    ['GET', '/projects/acme/datasets?all=true&%61ll=false', 'The query parameter "all" stands there twice.'],
  ])('%s %s is flawed', (method, url, flaw) => {
    expect(flawOf(http(method, url))).toEqual(['datasets.list', flaw]);
  });

  it.each([
    ['an unknown field', { query: 'SELECT 1', someNewFeature: { on: true } }, 'someNewFeature'],
    ['another case', { query: 'SELECT 1', Query: 'SELECT 2' }, 'Query'],
    ['a look-alike', { query: 'SELECT 1', 'u\u017feLegacySql': true }, 'u\u017feLegacySql'],
    ['snake case', { query: 'SELECT 1', use_legacy_sql: true }, 'use_legacy_sql'],
    ['a deep unknown field', { query: 'q', defaultDataset: { datasetId: 'd', x: 1 } }, 'defaultDataset.x'],
    ['one in a list', { query: 'q', queryParameters: [{ name: 'a', x: 1 }] }, 'queryParameters[].x'],
    ['an object for SQL', { query: { toString: 'SELECT 1' } }, 'query'],
    ['a list for an object', { query: 'q', defaultDataset: [{ datasetId: 'd' }] }, 'defaultDataset'],
    ['results that are no rows', { query: 'q', queryResultsFormat: 'ARROW' }, 'queryResultsFormat'],
  ])('with %s names the field', (_, body, field) => {
    expect(flawOf(http('POST', '/projects/acme/queries', { body }))).toEqual([
      'jobs.query',
      `The request field ${JSON.stringify(field)} is not known for jobs.query, or has another form there.`,
    ]);
  });

  it('with __proto__ in its body names the field and changes nothing', () => {
    const body: unknown = JSON.parse('{"query":"SELECT 1","__proto__":{"polluted":1}}');
    expect(flawOf(http('POST', '/projects/acme/queries', { body }))).toEqual([
      'jobs.query',
      'The request field "__proto__" is not known for jobs.query, or has another form there.',
    ]);
  });

  it.each([
    ['tables', 'tableReference', { projectId: 'acme', datasetId: 'hr', tableId: 't' }, 'datasetId'],
    ['tables', 'tableReference', { projectId: 'other', datasetId: 'shop', tableId: 't' }, 'projectId'],
    ['tables', 'tableReference', { projectId: 'acme', datasetId: 'shop', tableId: '../t' }, 'tableId'],
    ['routines', 'routineReference', { projectId: 'acme', datasetId: 'hr', routineId: 'r' }, 'datasetId'],
  ])('that creates one of the %s elsewhere than its path says is flawed', (list, reference, value, name) => {
    const call = http('POST', `/projects/acme/datasets/shop/${list}`, { body: { [reference]: value } });
    expect(flawOf(call)).toEqual([
      `${list}.insert`,
      `The ${name} of ${reference} is not valid, or is not the one that the path names.`,
    ]);
  });

  it('that creates something has its id', () => {
    const body = { tableReference: { projectId: 'acme', datasetId: 'shop', tableId: 'new' } };
    const { ids, flaw } = http('POST', '/projects/acme/datasets/shop/tables', { body });
    expect([ids, flaw]).toEqual([{ projectId: 'acme', datasetId: 'shop', tableId: 'new' }, undefined]);
  });

  it.each([
    ['POST', '/projects/acme/queries', undefined, 'jobs.query', 'jobs.query needs SQL text.'],
    [
      'POST',
      '/projects/acme/datasets/d/tables',
      {},
      'tables.insert',
      'tables.insert needs the tableId in tableReference.',
    ],
    [
      'POST',
      '/projects/acme/jobs',
      { configuration: {} },
      'jobs.insert',
      'The configuration names no job, several, or contradicts its jobType.',
    ],
    [
      'POST',
      '/projects/acme/jobs',
      { configuration: { query: {}, copy: {} } },
      'jobs.insert',
      'The configuration names no job, several, or contradicts its jobType.',
    ],
    [
      'POST',
      '/upload/bigquery/v2/projects/acme/jobs',
      { configuration: { load: {} } },
      'jobs.insert',
      'Media goes to the upload address, and nothing else does.',
    ],
    [
      'GET',
      '/projects/acme/datasets',
      { x: 1 },
      'datasets.list',
      'The request field "x" is not known for datasets.list, or has another form there.',
    ],
    ['GET', '/projects/acme/datasets#/x', undefined, 'unknown', 'A request target has no fragment.'],
  ])('%s %s with %j is flawed', (method, url, body, operation, flaw) => {
    expect(flawOf(http(method, url, { body }))).toEqual([operation, flaw]);
  });

  it('with media for a query job is flawed', () => {
    const upload = { contentType: 'text/csv', stream: new PassThrough() };
    const body = { configuration: { query: { query: 'SELECT 1' } } };
    expect(flawOf(http('POST', '/upload/bigquery/v2/projects/acme/jobs', { body, upload }))).toEqual([
      'jobs.insert',
      'Only a load job can come with an upload.',
    ]);
  });

  it('that is unknown has no flaw of its own and keeps a bounded path', () => {
    const call = http('GET', `/bigquery/v2/${'x'.repeat(70_000)}`);
    expect([call.operation, call.class, call.path.length, call.flaw]).toEqual([
      'unknown',
      'unknown',
      1024,
      undefined,
    ]);
  });

  it('gets an id of its own, later ones sorting later', () => {
    const ids = [1, 2, 3].map(() => fromHttpRequest({ method: 'GET', url: '/projects' }).id);
    expect([new Set(ids).size, ids.toSorted()]).toEqual([3, ids]);
  });

  it('may nest deep without harm', () => {
    const body: unknown = { query: 'q', labels: JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`) };
    expect(flawOf(http('POST', '/projects/acme/queries', { body }))).toEqual([
      'jobs.query',
      'The request body nests too deep.',
    ]);
  });
});
