import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const policy = (audit: string): string => `version: 1
project: acme
principal: { id: agent-a, groups: [agents] }
tags:
  pii: { columns: [shop.customers.email, shop.customers.home.zip] }
  secret: { columns: [shop.customers.score] }
  closed: { tables: [shop.payroll] }
  labelled: { labels: { open: yes } }
rules:
  - { name: read-shop, principals: { groups: [agents, cleared] }, operations: [read], datasets: [shop], nativePolicies: accept, effect: allow }
  - { name: one-table, principals: { groups: [few] }, operations: [read], tables: [shop.orders], effect: allow }
  - { name: known-shop, principals: { groups: [browsers] }, operations: [metadata], datasets: [shop], effect: allow }
  - { name: labelled, principals: { groups: [labels] }, operations: [metadata], tags: [labelled], effect: allow }
  - { name: ddl, principals: { groups: [ddl] }, operations: [ddl], datasets: [shop], effect: allow }
  - { name: builders, principals: { groups: [builders] }, operations: [metadata, ddl, admin], effect: allow }
  - { name: no-payroll, except: { groups: [builders] }, tags: [closed], effect: deny }
  - { name: no-score, except: { groups: [cleared, builders] }, tags: [secret], effect: deny }
  - { name: cheap, principals: { groups: [agents] }, operations: [read], when: cost.bytes < 1000000000, effect: allow }
  - { name: too-much, operations: [read, metadata], when: cost.bytes > 10000000000, effect: deny }
masks: [{ name: hide-pii, tags: [pii], with: nullify, except: { groups: [cleared] } }]
audit: { folder: ${JSON.stringify(audit)} }
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['hr', 'shop'],
      statements: [
        `CREATE TABLE shop.customers (
           id INT64 OPTIONS (description = 'number'),
           email STRING DEFAULT 'nobody@secret.example' OPTIONS (description = 'address'),
           home STRUCT<city STRING, zip STRING>,
           score INT64)`,
        `INSERT INTO shop.customers (id, email) VALUES (1, 'ada@secret.example')`,
        `CREATE TABLE shop.orders (id INT64, status STRING DEFAULT 'new')`,
        `INSERT INTO shop.orders (id) VALUES (1), (2)`,
        `CREATE TABLE shop.payroll (id INT64)`,
        `CREATE VIEW shop.mails AS SELECT id, email AS contact FROM shop.customers WHERE id < 4242`,
        `CREATE VIEW shop.open AS SELECT id FROM shop.orders WHERE id < 4242`,
        `CREATE TABLE hr.people (name STRING)`,
        `CREATE FUNCTION shop.twice(x INT64) AS (x * 2)`,
      ],
    },
  });
});

afterAll(() => standIn.close());

/** A guard of its own knows nothing that another has learnt. */
async function open(): Promise<void> {
  const config = parseConfig(policy(join(folder, 'audit')));
  const middleware = await buildMiddleware(config, { environment: {} });
  guard = createGuard({ middleware, principal: config.file.principal });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-'));
  await open();
});

afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

const as = <T>(group: string, work: () => T): T =>
  withContext({ principal: { id: group, groups: [group] } }, work);

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isGuardError(error)) return error.guardCode;
    throw error;
  }
  return 'not refused';
}

const datasets = async (): Promise<unknown> => (await bigquery.getDatasets())[0].map(({ id }) => id);
const tables = async (): Promise<unknown> =>
  (await bigquery.dataset('shop').getTables())[0].map(({ id }) => id);
const table = async (name: string): Promise<Record<string, unknown>> =>
  (await bigquery.dataset('shop').table(name).getMetadata())[0];

const routines = async (): Promise<unknown> => {
  const [found] = await bigquery.dataset('shop').getRoutines();
  return found.map(({ id, metadata }) => [id, metadata.definitionBody]);
};

const create = (metadata: object): Promise<unknown> =>
  as('ddl', () => bigquery.dataset('shop').createTable('made', metadata));

/** What the client would get, page by page. */
const page = (query: object): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    bigquery.request({ uri: '/datasets/shop/tables', qs: query }, (error: Error | null, body: object) =>
      error === null ? resolve({ ...body }) : reject(error),
    );
  });

describe('a list', () => {
  it('of datasets has those of which something may be known', async () => {
    expect(await datasets()).toEqual(['shop']);
    expect(await as('few', datasets)).toEqual(['shop']);
    expect(await as('builders', datasets)).toEqual(['hr', 'shop']);
    expect(await refusal(as('nobody', () => bigquery.getDatasets()))).toBe('ERR_POLICY_DENIED');
  });

  it('of tables has those that may be known', async () => {
    expect(await tables()).toEqual(['customers', 'mails', 'open', 'orders']);
    expect(await as('few', tables)).toEqual(['orders']);
    expect(await as('browsers', tables)).toEqual(['customers', 'mails', 'open', 'orders']);
    expect(await refusal(bigquery.dataset('hr').getTables())).toBe('ERR_POLICY_DENIED');
  });

  it('of tables goes by the labels that BigQuery has', async () => {
    await as('builders', () => bigquery.dataset('shop').setMetadata({ labels: { open: 'yes' } }));
    await guard.close();
    await open();
    try {
      expect(await as('labels', tables)).toEqual(['customers', 'mails', 'open', 'orders']);
    } finally {
      await as('builders', () => bigquery.dataset('shop').setMetadata({ labels: { open: null } }));
    }
  });

  it('keeps its pages, and tells of no size of the whole', async () => {
    const first = await as('few', () => page({ maxResults: 2 }));
    expect(first).toEqual({ kind: 'bigquery#tableList', nextPageToken: expect.any(String) });
    const second = await as('few', () => page({ maxResults: 2, pageToken: first['nextPageToken'] }));
    expect(second).toMatchObject({ tables: [{ tableReference: { tableId: 'orders' } }] });
    expect(Object.keys(second)).toEqual(['kind', 'nextPageToken', 'tables']);
  });

  it('of routines has no bodies, but for who may change them', async () => {
    expect(await routines()).toEqual([['twice', undefined]]);
    expect(await as('builders', routines)).toEqual([['twice', 'x * 2']]);
    expect(await refusal(as('few', routines))).toBe('not refused');
    expect(await as('few', routines)).toEqual([]);
  });
});

describe('a table', () => {
  it('that may be read in the clear is told of in whole', async () => {
    expect(await table('orders')).toMatchObject({
      numRows: '2',
      schema: {
        fields: [{ name: 'id' }, { name: 'status', defaultValueExpression: expect.stringContaining('new') }],
      },
    });
    expect(await table('open')).toMatchObject({ view: { query: expect.stringContaining('4242') } });
    expect(await as('cleared', () => table('customers'))).toMatchObject({ numRows: '1' });
  });

  it('with masked columns is told of without counts and default values, its masked columns marked', async () => {
    const { schema, ...rest } = await table('customers');
    expect(schema).toEqual({
      fields: [
        { name: 'id', type: 'INTEGER', mode: 'NULLABLE', description: 'number' },
        { name: 'email', type: 'STRING', mode: 'NULLABLE', description: 'address [masked: nullify]' },
        {
          name: 'home',
          type: 'RECORD',
          mode: 'NULLABLE',
          fields: [
            { name: 'city', type: 'STRING', mode: 'NULLABLE' },
            { name: 'zip', type: 'STRING', mode: 'NULLABLE', description: '[masked: nullify]' },
          ],
        },
      ],
    });
    expect(Object.keys(rest).toSorted()).toEqual([
      'creationTime',
      'etag',
      'id',
      'kind',
      'lastModifiedTime',
      'location',
      'selfLink',
      'tableReference',
      'type',
    ]);
  });

  it('that a view masks beneath hides the text of the view', async () => {
    const { schema, view } = await table('mails');
    expect([schema, view]).toEqual([
      {
        fields: [
          { name: 'id', type: 'INTEGER', mode: 'NULLABLE' },
          { name: 'contact', type: 'STRING', mode: 'NULLABLE', description: '[masked: nullify]' },
        ],
      },
      undefined,
    ]);
  });

  it('that may be known and not read shows its schema alone', async () => {
    expect(await as('browsers', () => table('orders'))).not.toHaveProperty('numRows');
    expect(await as('browsers', () => table('open'))).not.toHaveProperty('view');
    expect(await as('browsers', () => table('orders'))).toMatchObject({
      schema: {
        fields: [
          { name: 'id', type: 'INTEGER' },
          { name: 'status', type: 'STRING' },
        ],
      },
    });
  });

  it('answers a change as it answers who asks for it', async () => {
    const changed = await as('builders', () =>
      bigquery.dataset('shop').table('customers').setMetadata({ friendlyName: 'Customers' }),
    );
    expect(changed[0]).toMatchObject({ friendlyName: 'Customers' });
    expect(JSON.stringify(changed[0])).not.toMatch(/numRows|secret/);
  });

  it.each(['payroll', '__TABLES__'])('that may not be known is refused: %s', async (name) => {
    expect(await refusal(bigquery.dataset('shop').table(name).getMetadata())).toBe('ERR_POLICY_DENIED');
  });
});

describe('a dataset', () => {
  it('hides its access list but from who may change it', async () => {
    await as('builders', () =>
      bigquery.dataset('shop').setMetadata({ access: [{ role: 'READER', userByEmail: 'ana@acme.io' }] }),
    );
    const [metadata] = await bigquery.dataset('shop').getMetadata();
    expect(metadata).not.toHaveProperty('access');
    expect(metadata).toMatchObject({ datasetReference: { datasetId: 'shop' } });
    expect((await as('builders', () => bigquery.dataset('shop').getMetadata()))[0]).toHaveProperty('access');
    expect(await refusal(bigquery.dataset('hr').getMetadata())).toBe('ERR_POLICY_DENIED');
  });
});

describe('what reaches beyond its name', () => {
  it.each([
    ['a view', { view: { query: 'SELECT name FROM hr.people', useLegacySql: false } }],
    ['files', { externalDataConfiguration: { sourceUris: ['gs://b/o'], sourceFormat: 'CSV' } }],
  ])('needs more than a rule for the dataset: %s', async (_, metadata) => {
    expect(await refusal(create(metadata))).toBe('ERR_POLICY_DENIED');
  });

  it('a routine needs a rule for the project', async () => {
    const routine = { language: 'SQL', routineType: 'SCALAR_FUNCTION', definitionBody: '1' } as const;
    expect(await refusal(as('ddl', () => bigquery.dataset('shop').createRoutine('made', routine)))).toBe(
      'ERR_POLICY_DENIED',
    );
  });
});
