import { expect, test } from 'vitest';
import type { Flags } from '../../../src/sql/index.ts';
import { look, summary } from '../shop.ts';

const c = 'shop.customers';

/** Kind, tables, routines, flags and gaps of a statement. */
async function does(sql: string): Promise<readonly [string, ...(readonly string[])[]]> {
  const { facts } = await look(sql);
  const { tables, gaps } = await summary(sql);
  const routines = facts.routines.map(({ dataset, name }) => `${dataset}.${name}`);
  const flags: readonly [string, boolean][] = Object.entries(facts.flags);
  const set = flags.filter(([name, value]) => value && name !== 'unbounded').map(([name]) => name);
  return [facts.kind, tables, routines, set, gaps];
}

type FlagName = keyof Flags;

const statements: readonly (readonly [
  sql: string,
  kind: string,
  tables: readonly string[],
  flags: readonly FlagName[],
  routines?: readonly string[],
])[] = [
  [
    'CREATE EXTERNAL SCHEMA IF NOT EXISTS d WITH CONNECTION p.us.c OPTIONS (a = "b")',
    'CREATE_EXTERNAL_SCHEMA',
    [],
    ['ddl', 'external'],
  ],
  ['DROP EXTERNAL SCHEMA IF EXISTS d CASCADE', 'DROP_EXTERNAL_SCHEMA', [], ['ddl', 'external']],
  ['CREATE SCHEMA d OPTIONS (external_source = "aws-glue://x")', 'CREATE_SCHEMA', [], ['ddl', 'external']],
  ['ALTER SCHEMA hr ADD REPLICA r OPTIONS (location = "us")', 'ALTER_SCHEMA', [], ['ddl']],
  ['ALTER SCHEMA IF EXISTS hr DROP REPLICA `us-east1`', 'ALTER_SCHEMA', [], ['ddl']],
  ['UNDROP SCHEMA hr', 'UNDROP_SCHEMA', [], ['ddl']],
  [
    'CREATE CONNECTION IF NOT EXISTS `p.us.c` OPTIONS (a = "b")',
    'CREATE_CONNECTION',
    [],
    ['ddl', 'external'],
  ],
  ['DROP CONNECTION us.c', 'DROP_CONNECTION', [], ['ddl', 'external']],
  [
    'CREATE SEARCH INDEX IF NOT EXISTS i ON hr.staff (name, id OPTIONS (a = "b")) OPTIONS (c = 1)',
    'CREATE_SEARCH_INDEX',
    ['hr.staff alter'],
    ['ddl'],
  ],
  [
    'CREATE SEARCH INDEX i ON hr.staff (ALL COLUMNS WITH COLUMN OPTIONS (name OPTIONS (a = "b")))',
    'CREATE_SEARCH_INDEX',
    ['hr.staff alter'],
    ['ddl'],
  ],
  [
    'CREATE OR REPLACE VECTOR INDEX i ON hr.staff (name) STORING (id) PARTITION BY DATE(x) OPTIONS (c = 1)',
    'CREATE_VECTOR_INDEX',
    ['hr.staff alter'],
    ['ddl'],
  ],
  ['ALTER VECTOR INDEX IF EXISTS i ON hr.staff REBUILD', 'ALTER_VECTOR_INDEX', ['hr.staff alter'], ['ddl']],
  ['DROP VECTOR INDEX i ON hr.staff', 'DROP_VECTOR_INDEX', ['hr.staff alter'], ['ddl']],
  ['DROP SEARCH INDEX IF EXISTS i ON hr.staff', 'DROP_SEARCH_INDEX', ['hr.staff alter'], ['ddl']],
  [
    'ALTER FUNCTION shop.clean SET OPTIONS (description = "a")',
    'ALTER_FUNCTION',
    [],
    ['ddl'],
    ['shop.clean'],
  ],
  [
    'ALTER TABLE FUNCTION shop.mails SET OPTIONS (description = "a")',
    'ALTER_TABLE_FUNCTION',
    [],
    ['ddl'],
    ['shop.mails'],
  ],
  ['DROP MODEL IF EXISTS shop.m', 'DROP_MODEL', ['shop.m drop'], ['ddl', 'external']],
  [
    'ALTER MODEL shop.m SET OPTIONS (description = "a")',
    'ALTER_MODEL',
    ['shop.m alter'],
    ['ddl', 'external'],
  ],
  ['GRANT `roles/viewer`, `roles/editor` ON SCHEMA p.hr TO "user:a", @who', 'GRANT', [], ['dcl']],
  ['REVOKE `roles/viewer` ON SCHEMA hr FROM "user:a"', 'REVOKE', [], ['dcl']],
  ['GRANT `roles/viewer` ON VIEW shop.buyers TO "allUsers"', 'GRANT', ['shop.buyers alter'], ['dcl']],
  ['GRANT `roles/viewer` ON EXTERNAL TABLE hr.staff TO "a"', 'GRANT', ['hr.staff alter'], ['dcl']],
  ['GRANT `roles/user` ON CONNECTION p.us.c TO "a"', 'GRANT', [], ['dcl']],
  ['REVOKE `roles/viewer` ON ROUTINE shop.clean FROM "a"', 'REVOKE', [], ['dcl'], ['shop.clean']],
  [
    'CREATE ROW ACCESS POLICY f ON hr.staff GRANT TO ("a") FILTER USING (id = 1)',
    'CREATE_ROW_ACCESS_POLICY',
    ['hr.staff alter'],
    ['dcl'],
  ],
  ['DROP ROW ACCESS POLICY f ON hr.staff', 'DROP_ROW_ACCESS_POLICY', ['hr.staff alter'], ['dcl']],
  ['DROP ALL ROW ACCESS POLICIES ON hr.staff', 'DROP_ALL_ROW_ACCESS_POLICIES', ['hr.staff alter'], ['dcl']],
  [
    'ALTER TABLE hr.staff ALTER COLUMN name SET OPTIONS (data_policies = ["a"])',
    'ALTER_TABLE',
    ['hr.staff alter'],
    ['ddl', 'dcl'],
  ],
  [
    'ALTER TABLE hr.staff ALTER COLUMN name SET OPTIONS (description = "a")',
    'ALTER_TABLE',
    ['hr.staff alter'],
    ['ddl'],
  ],
  [
    'CREATE TABLE shop.n WITH CONNECTION us.c OPTIONS (storage_uri = "gs://b/x") AS SELECT email FROM customers',
    'CREATE_TABLE_AS_SELECT',
    [`${c} read`, 'shop.n create'],
    ['ddl', 'export', 'external'],
  ],
  [
    'CREATE FUNCTION shop.f(x INT64) RETURNS INT64 LANGUAGE python OPTIONS (entry_point = "f") AS "x"',
    'CREATE_FUNCTION',
    [],
    ['ddl', 'external'],
    ['shop.f'],
  ],
  [
    'CREATE TABLE FUNCTION shop.f(t TABLE<a INT64>) AS SELECT a FROM t',
    'CREATE_TABLE_FUNCTION',
    ['t read'],
    ['ddl'],
    ['shop.f'],
  ],
];

for (const [sql, kind, tables, flags, routines = []] of statements) {
  test(sql, async () => {
    expect(await does(sql)).toEqual([kind, tables, routines, flags, []]);
  });
}

test('a model is created from what TRANSFORM makes of its training data', async () => {
  const sql =
    'CREATE OR REPLACE MODEL shop.m TRANSFORM (LOWER(email) AS e, * EXCEPT (email)) OPTIONS (model_type = "x") AS SELECT id, email FROM customers';
  expect(await summary(sql)).toEqual({
    kind: 'CREATE_MODEL',
    tables: [`${c} read`, 'shop.m create'],
    columns: [`${c}.email`, `${c}.id`],
    outputs: [
      ['e', [`${c}.email`]],
      ['id', [`${c}.id`]],
    ],
    influences: [],
    writes: [],
    gaps: [],
  });
});

test('training data of several parts is read in full', async () => {
  const sql =
    'CREATE MODEL shop.m OPTIONS (a = 1) AS (training_data AS (SELECT id FROM customers), custom_holiday AS (SELECT name FROM hr.staff))';
  expect(await does(sql)).toEqual([
    'CREATE_MODEL',
    ['hr.staff read', `${c} read`, 'shop.m create'],
    [],
    ['ddl', 'external'],
    [],
  ]);
});

test('what a model has learnt cannot be told, so it is not exported', async () => {
  expect(await does('EXPORT MODEL shop.m OPTIONS (uri = "gs://b/x")')).toEqual([
    'EXPORT_MODEL',
    ['shop.m read'],
    [],
    ['ddl', 'export', 'external'],
    ['model'],
  ]);
});

// BigQuery itself wants constants in these places; none of them may hide a table.
test.each([
  'CREATE TABLE shop.n (a INT64 DEFAULT (SELECT MAX(id) FROM hr.staff))',
  'CREATE TABLE shop.n (a INT64 OPTIONS (description = (SELECT MAX(name) FROM hr.staff)))',
  'CREATE TABLE shop.n (a INT64) OPTIONS (description = (SELECT MAX(name) FROM hr.staff))',
  'CREATE VIEW shop.n OPTIONS (description = (SELECT MAX(name) FROM hr.staff)) AS SELECT 1 AS a',
  'CREATE SCHEMA n OPTIONS (description = (SELECT MAX(name) FROM hr.staff))',
  'CREATE FUNCTION shop.f() RETURNS INT64 OPTIONS (description = (SELECT MAX(name) FROM hr.staff)) AS (1)',
  'CREATE TABLE FUNCTION shop.f() OPTIONS (description = (SELECT MAX(name) FROM hr.staff)) AS SELECT 1 AS a',
  'CREATE PROCEDURE shop.f() OPTIONS (description = (SELECT MAX(name) FROM hr.staff)) BEGIN END',
  'ALTER TABLE shop.orders ADD COLUMN a STRING DEFAULT (SELECT MAX(name) FROM hr.staff)',
  'ALTER TABLE shop.orders SET OPTIONS (description = (SELECT MAX(name) FROM hr.staff))',
  'LOAD DATA INTO shop.orders (a STRING DEFAULT (SELECT MAX(name) FROM hr.staff)) FROM FILES (format = "CSV")',
  'CREATE TABLE shop.n CLONE shop.orders FOR SYSTEM_TIME AS OF (SELECT MAX(created) FROM hr.staff)',
])('%s reads the table', async (sql) => {
  expect((await summary(sql)).tables).toContain('hr.staff read');
});

test.each([
  'CREATE TABLE shop.n (a INT64) PARTITION BY (SELECT MAX(id) FROM hr.staff)',
  'CREATE TABLE shop.n COPY shop.orders AS SELECT * FROM hr.staff',
  'CREATE TABLE shop.n LIKE shop.orders COPY hr.staff',
  'LOAD DATA INTO shop.orders PARTITIONS (id = (SELECT MAX(id) FROM hr.staff)) FROM FILES (format = "CSV")',
  'INSERT INTO shop.orders PARTITIONS (id) SELECT id FROM hr.staff',
  'DROP MODEL shop.m, shop.n',
  'DROP VECTOR INDEX i',
  'CREATE CONNECTION us.c OPTIONS (a = (SELECT 1 FROM hr.staff))',
  'CREATE CONNECTION us.c OPTIONS (a = @a)',
  'ALTER VECTOR INDEX i ON hr.staff REBUILD SELECT 1 FROM shop.orders',
  'GRANT `roles/viewer` ON TABLE hr.staff, shop.orders TO "a"',
  'GRANT `roles/viewer` ON SEQUENCE hr.staff TO "a"',
  'GRANT `roles/viewer` ON TABLE hr.staff TO (SELECT name FROM hr.staff)',
  'GRANT `roles/viewer` ON TABLE hr.staff FROM "a"',
  'CREATE MODEL shop.m OPTIONS (a = 1) SELECT 1',
])('%s is refused', async (sql) => {
  const { kind, gaps } = await summary(sql);
  expect([kind, gaps.length]).toEqual(['INVALID', 1]);
});

test('a comma may follow the last column of a table, and no other last thing', async () => {
  const made = await does('CREATE TABLE IF NOT EXISTS my-p.d.n (a STRUCT<b INT64>, c NUMERIC(3, 4), )');
  expect(made).toEqual(['CREATE_TABLE', ['d.n create'], [], ['ddl'], []]);
  expect((await does('CREATE TABLE shop.n AS SELECT COALESCE(1, )'))[0]).toBe('INVALID');
});

test('a replica reads all of the view that it follows', async () => {
  const { tables, writes, gaps } = await summary('CREATE MATERIALIZED VIEW shop.r AS REPLICA OF hr.staff');
  expect({ tables, writes, gaps }).toEqual({
    tables: ['hr.staff read', 'shop.r create'],
    writes: ['id', 'name', 'salary'].map((name) => [`shop.r.${name}`, [`hr.staff.${name}`]]),
    gaps: [],
  });
});

test('the default connection is one', async () => {
  const sql = 'CREATE TABLE shop.n (a INT64) WITH CONNECTION DEFAULT OPTIONS (a = 1)';
  expect(await does(sql)).toEqual(['CREATE_TABLE', ['shop.n create'], [], ['ddl', 'external'], []]);
});

test('LOAD DATA may name the partition that it fills', async () => {
  for (const start of ['INTO hr.staff', 'OVERWRITE hr.staff (id INT64)'])
    expect(await does(`LOAD DATA ${start} PARTITIONS (id = 1) FROM FILES (format = "CSV")`)).toEqual([
      'LOAD_DATA',
      ['hr.staff write'],
      [],
      ['load', 'external'],
      [],
    ]);
});

test('INSERT of any mode writes its table', async () => {
  const expected = { kind: 'INSERT', tables: ['hr.staff write'], writes: [['hr.staff.id', []]], gaps: [] };
  for (const mode of ['OR IGNORE INTO', 'IGNORE', 'REPLACE', 'OR UPDATE INTO'])
    expect(await summary(`INSERT ${mode} hr.staff (id) VALUES (1)`)).toMatchObject(expected);
});

test('the number of rows that a statement must change is read', async () => {
  const sql = 'UPDATE hr.staff SET name = "a" WHERE salary > 1 ASSERT_ROWS_MODIFIED @n; SELECT 1 AS x';
  const { facts } = await look(sql);
  expect([facts.parameters.named, (await summary(sql)).gaps]).toEqual([['n'], []]);
});

test('THEN RETURN reads what it returns', async () => {
  const sql = 'DELETE hr.staff WHERE id = 1 THEN RETURN WITH ACTION AS done salary, UPPER(name) AS n';
  expect(await summary(sql)).toEqual({
    kind: 'DELETE',
    tables: ['hr.staff read+write'],
    columns: ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary'],
    outputs: [
      ['salary', ['hr.staff.salary']],
      ['n', ['hr.staff.name']],
      ['done', []],
    ],
    influences: ['hr.staff.id'],
    writes: [],
    gaps: [],
  });
});

test('a table function of the script reads the table that it is given', async () => {
  const sql =
    'CREATE TABLE FUNCTION shop.f(t TABLE<a STRING>) AS SELECT a FROM t; SELECT a FROM shop.f((SELECT email AS a FROM customers))';
  expect(await summary(sql)).toMatchObject({ outputs: [['a', [`${c}.email`]]], gaps: [] });
});
