import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Every method beside queries: what it needs a rule for, and that nothing less opens it. */
let standIn: StandIn;
let folder: string;
let guard: Guard | undefined;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'scratch', 'hr'],
      statements: [
        'CREATE TABLE shop.orders (id INT64, note STRING)',
        'CREATE TABLE shop.customers (id INT64, email STRING)',
        'CREATE TABLE scratch.target (id INT64, note STRING)',
        'CREATE FUNCTION shop.twice(x INT64) AS (x * 2)',
      ],
    },
  });
}, 60_000);

afterAll(() => standIn.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beside-'));
  standIn.requests.length = 0;
});

afterEach(async () => {
  await guard?.close();
  guard = undefined;
  await rm(folder, { recursive: true });
});

async function client(rules: readonly string[], more = ''): Promise<BigQuery> {
  const lines = rules.map((rule, index) => `  - { name: rule-${index}, ${rule} }`);
  const config = parseConfig(`version: 1
project: acme
tags: { pii: { columns: [shop.customers.email] } }
rules:
  - { name: never, datasets: [hr], effect: deny }
${lines.join('\n')}
${more}
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  return new BigQuery({ ...standIn.clientOptions, guard });
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

interface Outcome {
  readonly refused: unknown;
  /** What reached BigQuery beside look-ups of the guard. */
  readonly sent: readonly string[];
}

async function outcome(bigquery: BigQuery, { method, path, body }: Request): Promise<Outcome> {
  standIn.requests.length = 0;
  const error: unknown = await new Promise((resolve) => {
    const options = { method, uri: path, ...(body !== undefined && { json: body }) };
    bigquery.request(options, (failure) => resolve(failure));
  });
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'guardCode') : undefined;
  return { refused: code, sent: standIn.requests.map((each) => `${each.method} ${each.path}`) };
}

const allow = (operations: string, datasets = 'shop'): string =>
  `operations: [${operations}], datasets: [${datasets}], effect: allow`;
const project = (operations: string): string => `operations: [${operations}], effect: allow`;

const shop = '/datasets/shop';
const orders = `${shop}/tables/orders`;
const reference = (datasetId: string, tableId: string): object => ({ projectId: 'acme', datasetId, tableId });
const job = (configuration: object): Request => ({ method: 'POST', path: '/jobs', body: { configuration } });
const copy = (datasetId: string, tableId: string, target = 'scratch'): Request =>
  job({
    copy: { sourceTable: reference(datasetId, tableId), destinationTable: reference(target, 'copied') },
  });
const changed = (method: string, path: string, body?: object): Request => ({
  method,
  path,
  ...(body !== undefined && { body }),
});

/** The request, the least rules that open it, and rules that come near and do not. */
const methods: Readonly<Record<string, readonly [Request, readonly string[], readonly string[]]>> = {
  'a load from Cloud Storage': [
    job({ load: { sourceUris: ['gs://b/o'], destinationTable: reference('shop', 'orders') } }),
    [allow('write'), project('admin')],
    [allow('write, ddl, read, export, metadata, job, admin')],
  ],
  'a copy': [
    copy('shop', 'orders'),
    [allow('read'), allow('write', 'scratch')],
    [allow('read'), allow('write, ddl', 'shop')],
  ],
  'a copy out of what may not be read': [
    copy('shop', 'orders'),
    [allow('read, write', 'shop, scratch')],
    [allow('write', 'shop, scratch')],
  ],
  'an extract': [
    job({ extract: { sourceTable: reference('shop', 'orders'), destinationUris: ['gs://b/o'] } }),
    [allow('export')],
    [allow('read, write, ddl, admin')],
  ],
  'a streaming insert': [
    changed('POST', `${orders}/insertAll`, { rows: [{ json: { id: 1 } }] }),
    [allow('write')],
    [allow('read, ddl, metadata'), allow('write', 'scratch')],
  ],
  'making a table': [
    changed('POST', `${shop}/tables`, { tableReference: reference('shop', 'made') }),
    [allow('ddl')],
    [allow('write, read, metadata'), allow('ddl', 'scratch')],
  ],
  'changing a table': [
    changed('PATCH', orders, { description: 'x' }),
    [allow('ddl')],
    [allow('write, metadata')],
  ],
  'replacing a table': [
    changed('PUT', orders, { description: 'x' }),
    [allow('ddl')],
    [allow('write, metadata')],
  ],
  'dropping a table': [
    changed('DELETE', `${shop}/tables/made`),
    [allow('ddl')],
    [allow('write'), 'operations: [tables.insert], datasets: [shop], effect: allow'],
  ],
  'making a dataset': [
    changed('POST', '/datasets', { datasetReference: { projectId: 'acme', datasetId: 'made' } }),
    [allow('ddl', 'made')],
    [allow('ddl')],
  ],
  'changing a dataset': [
    changed('PATCH', shop, { description: 'x' }),
    [allow('ddl')],
    [allow('write, metadata')],
  ],
  'changing who may use a dataset': [
    changed('PATCH', shop, { access: [{ role: 'READER', userByEmail: 'ana@acme.io' }] }),
    [allow('admin')],
    [allow('ddl, write')],
  ],
  'dropping a dataset': [
    changed('DELETE', '/datasets/made'),
    [allow('ddl', 'made')],
    [allow('write', 'made')],
  ],
  'bringing a dataset back': [
    changed('POST', '/datasets/made:undelete', {}),
    [allow('ddl', 'made')],
    [allow('ddl')],
  ],
  'making a routine': [
    changed('POST', `${shop}/routines`, {
      routineReference: { projectId: 'acme', datasetId: 'shop', routineId: 'made' },
      routineType: 'SCALAR_FUNCTION',
      language: 'SQL',
      definitionBody: '1',
    }),
    [project('ddl')],
    [allow('ddl')],
  ],
  'dropping a routine': [changed('DELETE', `${shop}/routines/made`), [project('ddl')], [allow('ddl')]],
  'changing a model': [
    changed('PATCH', `${shop}/models/m`, { description: 'x' }),
    [allow('ddl')],
    [allow('write')],
  ],
  'dropping a model': [changed('DELETE', `${shop}/models/m`), [allow('ddl')], [allow('write')]],
  'reading who may use a table': [
    changed('POST', `${orders}:getIamPolicy`, {}),
    [allow('admin')],
    [allow('metadata, ddl')],
  ],
  'setting who may use a table': [
    changed('POST', `${orders}:setIamPolicy`, { policy: { bindings: [] } }),
    [allow('admin')],
    [allow('ddl, write')],
  ],
  'asking what one may do with a table': [
    changed('POST', `${orders}:testIamPermissions`, { permissions: ['bigquery.tables.get'] }),
    [allow('admin')],
    [allow('metadata')],
  ],
  'setting who may use a routine': [
    changed('POST', `${shop}/routines/twice:setIamPolicy`, { policy: {} }),
    [allow('admin')],
    [allow('ddl')],
  ],
  'listing row access policies': [
    changed('GET', `${orders}/rowAccessPolicies`),
    [allow('admin')],
    [allow('metadata, read')],
  ],
  'making a row access policy': [
    changed('POST', `${orders}/rowAccessPolicies`, {
      rowAccessPolicyReference: { ...reference('shop', 'orders'), policyId: 'p' },
      filterPredicate: 'TRUE',
    }),
    [allow('admin')],
    [allow('ddl, write')],
  ],
  'dropping a row access policy': [
    changed('DELETE', `${orders}/rowAccessPolicies/p`),
    [allow('admin')],
    [allow('ddl')],
  ],
  'setting who falls under a row access policy': [
    changed('POST', `${orders}/rowAccessPolicies/p:setIamPolicy`, { policy: {} }),
    [allow('admin')],
    [allow('ddl')],
  ],
  'deleting a job': [changed('DELETE', '/jobs/somebodys/delete'), [project('admin')], [project('job')]],
  'cancelling the job of somebody': [
    changed('POST', '/jobs/somebodys/cancel'),
    [project('job')],
    [allow('job')],
  ],
  'reading the job of somebody': [
    changed('GET', '/jobs/somebodys'),
    [project('job')],
    [project('metadata, read')],
  ],
  'the account of BigQuery': [changed('GET', '/serviceAccount'), [project('metadata')], [allow('metadata')]],
};

describe.each(Object.entries(methods))('%s', (_name, [request, enough, near]) => {
  const own = `${request.method} /projects/acme${request.path}`;

  it('is refused without a rule, and nothing is sent', async () => {
    expect(await outcome(await client([]), request)).toEqual({ refused: 'ERR_POLICY_DENIED', sent: [] });
  });

  it('is refused where rules only come near it', async () => {
    const { refused, sent } = await outcome(await client(near), request);
    expect([refused, sent.includes(own)]).toEqual(['ERR_POLICY_DENIED', false]);
  });

  it('is sent where rules allow each thing that it does, and once', async () => {
    const { refused, sent } = await outcome(await client(enough), request);
    expect([refused, sent.filter((line) => line === own)]).toEqual([undefined, [own]]);
  });
});

describe('masked columns', () => {
  const all = [allow('read, write, export, ddl, metadata', 'shop, scratch')];
  const masks = 'masks: [{ name: hide, tags: [pii], with: nullify }]';
  const cleared = 'masks: [{ name: hide, tags: [pii], with: nullify, except: { ids: [anonymous] } }]';
  const extract = job({
    extract: { sourceTable: reference('shop', 'customers'), destinationUris: ['gs://b/o'] },
  });

  it.each([
    ['a copy', copy('shop', 'customers')],
    ['a copy within the dataset', copy('shop', 'customers', 'shop')],
    ['an extract', extract],
  ])('do not leave by %s', async (_what, request) => {
    const { refused, sent } = await outcome(await client(all, masks), request);
    expect([refused, sent.filter((line) => line.startsWith('POST'))]).toEqual([
      expect.stringMatching(/^ERR_/),
      [],
    ]);
  });

  it('are not copied by whoever sees them either: others could read the copy', async () => {
    const { refused, sent } = await outcome(await client(all, cleared), copy('shop', 'customers'));
    expect([refused, sent.filter((line) => line.startsWith('POST'))]).toEqual(['ERR_POLICY_DENIED', []]);
  });
});

describe('a rule that denies', () => {
  it.each([
    ['a copy out of it', copy('hr', 'people')],
    ['a copy into it', copy('shop', 'orders', 'hr')],
    ['a streaming insert', changed('POST', '/datasets/hr/tables/people/insertAll', { rows: [] })],
    ['a change', changed('PATCH', '/datasets/hr', { description: 'x' })],
    ['a list', changed('GET', '/datasets/hr/tables')],
  ])('closes %s, whatever else is allowed', async (_what, request) => {
    const bigquery = await client([project('read, write, ddl, export, admin, metadata, job')]);
    expect(await outcome(bigquery, request)).toEqual({ refused: 'ERR_POLICY_DENIED', sent: [] });
  });
});

it.each([
  ['none of them, where only the list is allowed', [], undefined],
  ['those in which something may be known', [allow('read')], ['acme']],
])('the list of projects shows %s', async (_what, rules, shown) => {
  const bigquery = await client(['operations: [projects.list], effect: allow', ...rules]);
  const body: unknown = await new Promise((resolve, reject) => {
    bigquery.request({ uri: `${bigquery.baseUrl}/projects` }, (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
  const projects: unknown = Reflect.get(Object(body), 'projects');
  expect(Array.isArray(projects) ? projects.map(({ id }) => id) : undefined).toEqual(shown);
});
