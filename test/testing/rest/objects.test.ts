import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeBigQuery, type FakeBigQuery } from '../../../src/testing/fake/fake-bigquery.ts';
import { failure, send, wordAt } from './send.ts';

const base = '/bigquery/v2/projects/demo-project';
let fake: FakeBigQuery;

beforeEach(async () => {
  const rows = [1, 2, 3, 4, 5].map((id) => ({ id, note: `n${id}` }));
  fake = await fakeBigQuery({ tables: { 'shop.orders': { schema: 'id:INTEGER,note:STRING', rows } } });
});

afterEach(() => fake.close());

const call = (line: string, body?: object, headers?: Record<string, string>): ReturnType<typeof send> => {
  const [method, path] = line.split(' ');
  return send(fake.url, `${method} ${base}${path}`, body, headers);
};

describe('datasets', () => {
  it('are created, read, changed and deleted', async () => {
    const created = await call('POST /datasets', {
      datasetReference: { datasetId: 'fresh' },
      location: 'EU',
      labels: { a: '1', b: '2' },
      access: [{ role: 'READER', specialGroup: 'projectReaders' }],
    });
    expect(created.body).toMatchObject({ id: 'demo-project:fresh', location: 'EU', type: 'DEFAULT' });
    await call('PATCH /datasets/fresh', { description: 'new', labels: { a: null, c: '3' } });
    const { body } = await call('GET /datasets/fresh');
    expect(body).toMatchObject({
      description: 'new',
      access: [{ role: 'READER', specialGroup: 'projectReaders' }],
    });
    expect(body['labels']).toEqual({ b: '2', c: '3' });
    expect((await call('DELETE /datasets/fresh')).status).toBe(204);
    expect(failure(await call('GET /datasets/fresh'))).toEqual({
      status: 404,
      code: 404,
      reason: 'notFound',
      message: 'Not found: Dataset demo-project:fresh',
    });
  });

  it('are replaced by an update', async () => {
    await call('PATCH /datasets/shop', { description: 'old', labels: { a: '1' } });
    const { body } = await call('PUT /datasets/shop', { friendlyName: 'Shop' });
    expect(body['friendlyName']).toBe('Shop');
    expect('description' in body || 'labels' in body).toBe(false);
  });

  it('are not deleted with tables in them unless that is said', async () => {
    expect(failure(await call('DELETE /datasets/shop'))).toMatchObject({
      status: 400,
      reason: 'resourceInUse',
    });
    expect((await call('DELETE /datasets/shop?deleteContents=true')).status).toBe(204);
  });

  it('are listed by label, hidden ones only if asked', async () => {
    await call('POST /datasets', { datasetReference: { datasetId: '_hidden' }, labels: { a: '1' } });
    await call('POST /datasets', { datasetReference: { datasetId: 'open' }, labels: { a: '1' } });
    expect(ids((await call('GET /datasets')).body)).toEqual(['open', 'shop']);
    expect(ids((await call('GET /datasets?all=true&filter=labels.a:1')).body)).toEqual(['_hidden', 'open']);
  });

  it.each([
    [{ datasetReference: { datasetId: 'shop' } }, 409, 'duplicate'],
    [{ datasetReference: { datasetId: 'a-b' } }, 400, 'invalid'],
    [{}, 400, 'invalid'],
    [{ datasetReference: { datasetId: 'x' }, isCaseInsensitive: true }, 501, 'notImplemented'],
  ])('refuse %j', async (body, status, reason) => {
    expect(failure(await call('POST /datasets', body))).toMatchObject({ status, reason });
  });
});

describe('tables', () => {
  const path = '/datasets/shop/tables';

  it('keep what they are created with', async () => {
    const { body } = await call(`POST ${path}`, {
      tableReference: { tableId: 'fresh' },
      schema: {
        fields: [
          { name: 'a', type: 'INT64', mode: 'required' },
          { name: 'b', type: 'STRUCT', fields: [{ name: 'c', type: 'BOOL' }] },
        ],
      },
      timePartitioning: { type: 'DAY' },
      clustering: { fields: ['a'] },
      expirationTime: '1900000000000',
      tableConstraints: { primaryKey: { columns: ['a'] } },
    });
    expect(body).toMatchObject({
      id: 'demo-project:shop.fresh',
      type: 'TABLE',
      schema: {
        fields: [
          { name: 'a', type: 'INTEGER', mode: 'REQUIRED' },
          { name: 'b', type: 'RECORD', mode: 'NULLABLE', fields: [{ name: 'c', type: 'BOOLEAN' }] },
        ],
      },
      timePartitioning: { type: 'DAY' },
      clustering: { fields: ['a'] },
      expirationTime: '1900000000000',
      tableConstraints: { primaryKey: { columns: ['a'] } },
      numRows: '0',
      location: 'US',
    });
  });

  it('lose what is set to null', async () => {
    const set = { description: 'a', friendlyName: 'b', labels: { c: 'd' }, expirationTime: '1900000000000' };
    expect((await call(`PATCH ${path}/orders`, set)).body).toMatchObject(set);
    const cleared = { description: null, friendlyName: null, labels: null, expirationTime: null };
    const { body } = await call(`PATCH ${path}/orders`, cleared);
    expect(Object.keys(set).filter((name) => name in body)).toEqual([]);
  });

  it('change only the version that the caller has seen', async () => {
    const { body } = await call(`GET ${path}/orders`);
    const etag = wordAt(body, 'etag');
    expect((await call(`PATCH ${path}/orders`, { description: 'a' }, { 'if-match': etag })).status).toBe(200);
    const late = await call(`PATCH ${path}/orders`, { description: 'b' }, { 'if-match': etag });
    expect(failure(late)).toMatchObject({ status: 412, reason: 'conditionNotMet' });
  });

  it('are not sent again to a caller who has them', async () => {
    const { body } = await call(`GET ${path}/orders`);
    const again = await call(`GET ${path}/orders`, undefined, { 'if-none-match': wordAt(body, 'etag') });
    expect(again.status).toBe(304);
  });

  it('are listed in pages', async () => {
    await call(`POST ${path}`, { tableReference: { tableId: 'another' } });
    const { body } = await call(`GET ${path}?maxResults=1`);
    expect(body).toMatchObject({ totalItems: 2, tables: [{ tableReference: { tableId: 'another' } }] });
    const next = await call(`GET ${path}?pageToken=${wordAt(body, 'nextPageToken')}`);
    expect(next.body['tables']).toMatchObject([{ tableReference: { tableId: 'orders' } }]);
  });

  it.each([
    [{ tableReference: { tableId: 'orders' } }, 409, 'duplicate'],
    [{ tableReference: { tableId: 'a.b' } }, 400, 'invalid'],
    [
      { tableReference: { tableId: 'x' }, externalDataConfiguration: { sourceFormat: 'CSV' } },
      501,
      'notImplemented',
    ],
    [{ tableReference: { tableId: 'x' }, requirePartitionFilter: true }, 501, 'notImplemented'],
    [{ tableReference: { tableId: 'x' }, view: { query: 'SELECT 1' } }, 501, 'notImplemented'],
    [{ tableReference: { tableId: 'x' }, schema: { fields: [{ name: 'a' }] } }, 400, 'invalid'],
  ])('refuse %j', async (body, status, reason) => {
    expect(failure(await call(`POST ${path}`, body))).toMatchObject({ status, reason });
  });
});

describe('tabledata', () => {
  const path = '/datasets/shop/tables/orders';

  it('is listed in pages, without a schema', async () => {
    const { body } = await call(`GET ${path}/data?maxResults=2&selectedFields=note`);
    expect(body).toMatchObject({ totalRows: '5', rows: [{ f: [{ v: 'n1' }] }, { f: [{ v: 'n2' }] }] });
    expect('schema' in body).toBe(false);
    const next = await call(`GET ${path}/data?maxResults=9&pageToken=${wordAt(body, 'pageToken')}`);
    expect(next.body['rows']).toHaveLength(3);
  });

  it('takes a row once under one insertId', async () => {
    const rows = [{ insertId: 'i1', json: { id: 6 } }];
    await call(`POST ${path}/insertAll`, { rows });
    await call(`POST ${path}/insertAll`, { rows });
    expect((await call(`GET ${path}`)).body['numRows']).toBe('6');
  });

  it('takes a refused row again under the same insertId', async () => {
    const bad = { insertId: 'i1', json: { id: 'x' } };
    const good = { insertId: 'i2', json: { id: 6 } };
    await call(`POST ${path}/insertAll`, { rows: [bad, good] });
    await call(`POST ${path}/insertAll`, { rows: [good] });
    expect((await call(`GET ${path}`)).body['numRows']).toBe('6');
  });

  it('takes a row under an insertId that a missing table has seen', async () => {
    const rows = [{ insertId: 'i1', json: { id: 6 } }];
    const late = '/datasets/shop/tables/late';
    expect((await call(`POST ${late}/insertAll`, { rows })).status).toBe(404);
    const schema = { fields: [{ name: 'id', type: 'INTEGER' }] };
    await call('POST /datasets/shop/tables', { tableReference: { tableId: 'late' }, schema });
    await call(`POST ${late}/insertAll`, { rows });
    expect((await call(`GET ${late}`)).body['numRows']).toBe('1');
  });

  it('skips bad rows and unknown values if asked', async () => {
    const rows = [{ json: { id: 6, extra: 1 } }, { json: { id: 'x' } }];
    const { body } = await call(`POST ${path}/insertAll`, {
      rows,
      skipInvalidRows: true,
      ignoreUnknownValues: true,
    });
    expect(body['insertErrors']).toMatchObject([
      { index: 1, errors: [{ reason: 'invalid', location: 'id' }] },
    ]);
    expect((await call(`GET ${path}`)).body['numRows']).toBe('6');
  });

  it('refuses a request without rows', async () => {
    expect(failure(await call(`POST ${path}/insertAll`, { rows: [] }))).toMatchObject({
      status: 400,
      reason: 'invalid',
    });
  });
});

describe('the rest of the interface', () => {
  it.each([
    ['POST /datasets/shop/tables/orders:getIamPolicy', 'tables.getIamPolicy'],
    ['POST /datasets/shop/tables/orders:testIamPermissions', 'tables.testIamPermissions'],
    ['POST /datasets/shop:undelete', 'datasets.undelete'],
    ['PATCH /datasets/shop/models/m', 'models.patch'],
    ['POST /datasets/shop/tables/orders/rowAccessPolicies', 'rowAccessPolicies.insert'],
  ])('%s is refused by name', async (line, name) => {
    expect(failure(await call(line, {}))).toMatchObject({
      status: 501,
      reason: 'notImplemented',
      message: `The local BigQuery stand-in does not implement the method ${name}.`,
    });
  });

  it.each(['GET /nothing', 'DELETE /queries', 'GET /jobs/%', 'GET /datasets/a%2Fb/tables/c/d/e'])(
    '%s is refused',
    async (line) => {
      expect((await call(line)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('has no models, no row access policies, one project', async () => {
    expect((await call('GET /datasets/shop/models')).body).toEqual({});
    expect((await call('GET /datasets/shop/tables/orders/rowAccessPolicies')).body).toEqual({});
    expect((await send(fake.url, 'GET /bigquery/v2/projects')).body).toMatchObject({ totalItems: 1 });
    expect((await call('GET /serviceAccount')).body['email']).toContain('demo-project');
  });
});

function ids(body: Record<string, unknown>): unknown[] {
  const datasets = body['datasets'];
  return Array.isArray(datasets)
    ? datasets.map((item) => Object(Object(item).datasetReference).datasetId)
    : [];
}
