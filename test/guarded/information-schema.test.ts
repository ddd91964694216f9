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
  pii: { columns: [shop.customers.email] }
  secret: { tables: [shop.payroll] }
rules:
  - { name: read-shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }
  - { name: one-table, principals: { groups: [few] }, operations: [read], tables: [shop.orders], effect: allow }
  - { name: no-payroll, principals: { groups: [agents] }, tags: [secret], effect: deny }
  - { name: no-pii, principals: { groups: [strict] }, tags: [pii], effect: deny }
  - { name: strict, principals: { groups: [strict] }, operations: [metadata], datasets: [shop], effect: allow }
masks: [{ name: hide-pii, tags: [pii], with: nullify }]
audit: { folder: ${JSON.stringify(audit)} }
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'hr'],
      statements: [
        `CREATE TABLE shop.customers (id INT64, email STRING DEFAULT 'nobody@secret.example')`,
        `CREATE TABLE shop.orders (id INT64, customer_id INT64) OPTIONS (description = 'all orders')`,
        `CREATE TABLE shop.payroll (id INT64)`,
        `CREATE VIEW shop.catalogue AS SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES`,
        `CREATE TABLE hr.people (name STRING)`,
      ],
    },
  });
});

afterAll(() => standIn.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guarded-'));
  const config = parseConfig(policy(join(folder, 'audit')));
  const middleware = await buildMiddleware(config, { environment: {} });
  guard = createGuard({ middleware, principal: config.file.principal });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
});

afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

const asked = async (sql: string): Promise<unknown> => (await bigquery.query(sql))[0];

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isGuardError(error)) return error.message;
    throw error;
  }
  return 'not refused';
}

const as = <T>(group: string, work: () => T): T =>
  withContext({ principal: { id: group, groups: [group] } }, work);

const tables = 'SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES ORDER BY 1';

describe('INFORMATION_SCHEMA', () => {
  it('tells of the tables that the principal may know of', async () => {
    expect(await asked(tables)).toEqual([
      { table_name: 'catalogue' },
      { table_name: 'customers' },
      { table_name: 'orders' },
    ]);
    expect(await as('few', () => asked(tables))).toEqual([{ table_name: 'orders' }]);
  });

  it.each([
    'SELECT COUNT(*) AS n FROM shop.INFORMATION_SCHEMA.TABLES',
    'SELECT COUNT(t.table_name) AS n FROM `acme.shop.INFORMATION_SCHEMA.TABLES` AS t',
    'WITH t AS (SELECT * FROM shop.information_schema.tables) SELECT COUNT(*) AS n FROM t',
    'SELECT (SELECT COUNT(*) FROM shop.INFORMATION_SCHEMA.TABLES) AS n',
    'FROM shop.INFORMATION_SCHEMA.TABLES |> AGGREGATE COUNT(*) AS n',
  ])('is filtered wherever it is read: %s', async (sql) => {
    expect(await as('few', () => asked(sql))).toEqual([{ n: 1 }]);
  });

  it('tells of columns and their types, and of options of tables', async () => {
    expect(
      await as('few', () =>
        asked('SELECT column_name, data_type FROM shop.INFORMATION_SCHEMA.COLUMNS ORDER BY ordinal_position'),
      ),
    ).toEqual([
      { column_name: 'id', data_type: 'INT64' },
      { column_name: 'customer_id', data_type: 'INT64' },
    ]);
    expect(
      await as('few', () =>
        asked('SELECT field_path FROM shop.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS ORDER BY 1'),
      ),
    ).toEqual([{ field_path: 'customer_id' }, { field_path: 'id' }]);
    expect(await asked('SELECT table_name, option_value FROM shop.INFORMATION_SCHEMA.TABLE_OPTIONS')).toEqual(
      [{ table_name: 'orders', option_value: '"all orders"' }],
    );
  });

  it('a star stands for what is open, without default values and texts', async () => {
    const [row] = (
      await bigquery.query(`SELECT * FROM shop.INFORMATION_SCHEMA.COLUMNS WHERE column_name = 'email'`)
    )[0];
    expect(Object.keys(row ?? {})).toEqual([
      'table_catalog',
      'table_schema',
      'table_name',
      'column_name',
      'ordinal_position',
      'is_nullable',
      'data_type',
      'is_generated',
      'is_hidden',
      'is_system_defined',
      'is_partitioning_column',
      'clustering_ordinal_position',
    ]);
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  it('the job shows the statement as it was asked', async () => {
    const [job] = await bigquery.createQueryJob(tables);
    await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    expect(metadata.configuration.query.query).toBe(tables);
    expect(JSON.stringify(metadata)).not.toContain('guard_row');
  });

  it.each([
    ['text of views', 'SELECT view_definition FROM shop.INFORMATION_SCHEMA.VIEWS'],
    ['values of partitions', 'SELECT * FROM shop.INFORMATION_SCHEMA.PARTITIONS'],
    ['jobs', 'SELECT query FROM `region-us`.INFORMATION_SCHEMA.JOBS'],
    ['jobs of the project', 'SELECT query FROM INFORMATION_SCHEMA.JOBS_BY_PROJECT'],
    ['datasets', 'SELECT schema_name FROM INFORMATION_SCHEMA.SCHEMATA'],
    ['a whole region', 'SELECT table_name FROM `region-us`.INFORMATION_SCHEMA.TABLES'],
    ['row counts of old', 'SELECT table_id, row_count FROM shop.__TABLES__'],
    ['statements of tables', 'SELECT ddl FROM shop.INFORMATION_SCHEMA.TABLES'],
    [
      'a filter on default values',
      `SELECT column_name FROM shop.INFORMATION_SCHEMA.COLUMNS WHERE column_default LIKE '%a%'`,
    ],
    ['a view over it', 'SELECT * FROM shop.catalogue'],
    ['another dataset', 'SELECT table_name FROM hr.INFORMATION_SCHEMA.TABLES'],
  ])('is closed for %s', async (_, sql) => {
    expect(await refusal(bigquery.query(sql))).toMatch(/not sent|nothing was sent/);
  });

  it('does not name columns to whom a rule closes some', async () => {
    expect(
      await as('strict', () =>
        refusal(bigquery.query('SELECT column_name FROM shop.INFORMATION_SCHEMA.COLUMNS')),
      ),
    ).toContain('Some columns are closed to you');
    expect(await as('strict', () => asked(tables))).toHaveLength(4);
  });
});
