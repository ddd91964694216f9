import { expect, test } from 'vitest';
import { look, summary } from '../shop.ts';
import type { Expected } from '../shop.ts';

const c = 'shop.customers';
const o = 'shop.orders';

const cases: readonly (readonly [title: string, sql: string, expected: Expected])[] = [
  [
    'INSERT writes by position',
    'INSERT INTO hr.staff (id, name) SELECT id, email FROM customers',
    {
      kind: 'INSERT',
      tables: ['hr.staff write', `${c} read`],
      writes: [
        ['hr.staff.id', [`${c}.id`]],
        ['hr.staff.name', [`${c}.email`]],
      ],
    },
  ],
  [
    'INSERT without a list writes every column',
    'INSERT hr.staff VALUES (1, "a", 2.0)',
    {
      writes: [
        ['hr.staff.id', []],
        ['hr.staff.name', []],
        ['hr.staff.salary', []],
      ],
    },
  ],
  [
    'UPDATE reads what it sets from',
    'UPDATE customers c SET name = s.name FROM hr.staff s WHERE s.id = c.id',
    { writes: [[`${c}.name`, ['hr.staff.name']]], influences: ['hr.staff.id', `${c}.id`] },
  ],
  [
    'UPDATE of a field reads the STRUCT',
    'UPDATE customers SET address.city = country WHERE TRUE',
    { columns: [`${c}.address`, `${c}.country`], writes: [[`${c}.address.city`, [`${c}.country`]]] },
  ],
  [
    'DELETE tells of its filter',
    'DELETE FROM customers WHERE email = "x"',
    { kind: 'DELETE', tables: [`${c} write`], influences: [`${c}.email`] },
  ],
  [
    'MERGE writes by each of its clauses',
    'MERGE customers c USING hr.staff s ON c.id = s.id WHEN MATCHED AND s.salary > 1 THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)',
    {
      kind: 'MERGE',
      influences: ['hr.staff.id', 'hr.staff.salary', `${c}.id`],
      writes: [
        [`${c}.name`, ['hr.staff.name']],
        [`${c}.id`, ['hr.staff.id']],
      ],
    },
  ],
  [
    'a row of MERGE without a match sees only its own side',
    'MERGE customers c USING hr.staff s ON c.id = s.id WHEN NOT MATCHED BY SOURCE AND name = "a" THEN UPDATE SET email = name WHEN NOT MATCHED THEN INSERT (name) VALUES (name)',
    {
      influences: ['hr.staff.id', `${c}.id`, `${c}.name`],
      writes: [
        [`${c}.email`, [`${c}.name`]],
        [`${c}.name`, ['hr.staff.name']],
      ],
      gaps: [],
    },
  ],
  ['TRUNCATE is a write', 'TRUNCATE TABLE orders', { kind: 'TRUNCATE_TABLE', tables: [`${o} write`] }],
  [
    'CREATE TABLE AS writes its columns',
    'CREATE TABLE shop.copy AS SELECT email AS e FROM customers',
    {
      kind: 'CREATE_TABLE_AS_SELECT',
      tables: ['shop.copy create', `${c} read`],
      writes: [['shop.copy.e', [`${c}.email`]]],
    },
  ],
  [
    'CREATE TABLE COPY reads every column',
    'CREATE TABLE shop.copy COPY hr.staff',
    {
      tables: ['hr.staff read', 'shop.copy create'],
      columns: ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary'],
    },
  ],
  [
    'CREATE VIEW keeps its own names',
    'CREATE VIEW shop.v (a) AS SELECT email FROM customers',
    { kind: 'CREATE_VIEW', outputs: [['a', [`${c}.email`]]] },
  ],
  [
    'the body of a function is read where it stands',
    'CREATE FUNCTION shop.f(x INT64) AS ((SELECT MAX(salary) FROM hr.staff WHERE id = x))',
    {
      kind: 'CREATE_FUNCTION',
      tables: ['hr.staff read'],
      columns: ['hr.staff.id', 'hr.staff.salary'],
      gaps: [],
    },
  ],
  ['DROP names its table', 'DROP TABLE IF EXISTS customers', { kind: 'DROP_TABLE', tables: [`${c} drop`] }],
  [
    'EXPORT DATA has the columns of its query',
    'EXPORT DATA OPTIONS (uri = "gs://b/*", format = "CSV") AS SELECT email FROM customers',
    { kind: 'EXPORT_DATA', outputs: [['email', [`${c}.email`]]] },
  ],
  [
    'a variable carries its sources',
    'DECLARE x STRING DEFAULT (SELECT MAX(email) FROM customers); SELECT x AS y',
    { kind: 'SCRIPT', outputs: [['y', [`${c}.email`]]] },
  ],
  [
    'a branch tells of its condition',
    'IF (SELECT MAX(salary) FROM hr.staff) > 1 THEN SELECT id FROM orders; END IF',
    { outputs: [['id', [`${o}.id`]]], influences: ['hr.staff.salary'] },
  ],
  [
    'a variable set late in a loop reaches the statements above',
    'DECLARE x STRING; LOOP SELECT x AS seen; SET x = (SELECT MAX(email) FROM customers); IF x IS NULL THEN LEAVE; END IF; END LOOP',
    { outputs: [['seen', [`${c}.email`]]] },
  ],
  [
    'the record of a loop is a STRUCT',
    'FOR r IN (SELECT id, email FROM customers) DO SELECT r.email AS e; END FOR',
    { outputs: [['e', [`${c}.email`]]] },
  ],
  [
    'a temporary table keeps where its values came from',
    'CREATE TEMP TABLE t AS SELECT email AS e FROM customers; SELECT e FROM t',
    {
      tables: [`shop.customers read`, 't read+create'].toSorted(),
      outputs: [['e', ['t.e', `${c}.email`]]],
    },
  ],
  [
    'a function of the script is followed',
    'CREATE TEMP FUNCTION g(a STRING) AS (UPPER(a)); SELECT g(email) AS e FROM customers',
    { outputs: [['e', [`${c}.email`]]], gaps: [] },
  ],
  [
    'SET of several depends on the whole row',
    'DECLARE a, b STRING; SET (a, b) = (SELECT AS STRUCT name, email FROM customers LIMIT 1); SELECT b AS m',
    { outputs: [['m', [`${c}.email`, `${c}.name`]]] },
  ],
  [
    '@@dataset_id changes what a name means',
    'SET @@dataset_id = "hr"; SELECT salary FROM staff',
    { tables: ['hr.staff read'], gaps: [] },
  ],
  [
    'EXECUTE IMMEDIATE is a gap',
    'EXECUTE IMMEDIATE "SELECT 1"',
    { kind: 'EXECUTE_IMMEDIATE', gaps: ['dynamic-sql'] },
  ],
  [
    'a transaction is a script',
    'BEGIN TRANSACTION; DELETE FROM orders WHERE id = 1; COMMIT TRANSACTION',
    { kind: 'SCRIPT', tables: [`${o} write`], influences: [`${o}.id`] },
  ],
];

test.each(cases)('%s', async (_title, sql, expected) => {
  const found = await summary(sql);
  expect({ ...found, tables: found.tables.toSorted() }).toMatchObject({
    ...expected,
    ...(expected.tables === undefined ? {} : { tables: expected.tables.toSorted() }),
  });
});

test('flags say what kind of text it is', async () => {
  const { facts } = await look('SELECT * FROM customers');
  expect(facts.flags).toEqual({
    selectsStar: true,
    crossJoin: false,
    dynamicSql: false,
    scripting: false,
    dml: false,
    ddl: false,
    replaces: false,
    dcl: false,
    export: false,
    load: false,
    external: false,
    unbounded: true,
  });
});

test.each([
  ['CREATE OR REPLACE TABLE shop.t (a INT64)', true],
  ['create or /* */ replace table shop.t AS SELECT 1 AS x', true],
  ['CREATE OR REPLACE VIEW shop.v AS SELECT 1 AS x', true],
  ['CREATE OR REPLACE FUNCTION shop.f() AS (1)', true],
  ['CREATE OR REPLACE TABLE FUNCTION shop.f() AS SELECT 1 AS x', true],
  ['CREATE OR REPLACE PROCEDURE shop.p() BEGIN SELECT 1; END', true],
  ['SELECT 1; CREATE OR REPLACE TABLE shop.t (a INT64)', true],
  ['CREATE TABLE shop.t (a INT64)', false],
  ['CREATE TABLE IF NOT EXISTS shop.t (a INT64)', false],
  ['CREATE OR REPLACE TEMP TABLE t (a INT64)', false],
  ['CREATE OR REPLACE TEMP FUNCTION f() AS (1); SELECT f()', false],
])('%s replaces what is there: %s', async (sql, replaces) => {
  const { facts } = await look(sql);
  expect(facts.flags.replaces).toBe(replaces);
});

test.each([
  ['SELECT id FROM orders LIMIT 3', false],
  ['SELECT COUNT(*) FROM orders', false],
  ['SELECT id FROM orders WHERE id = 1', false],
  ['SELECT id FROM orders UNION ALL SELECT 1', true],
])('%s is unbounded: %s', async (sql, unbounded) => {
  const { facts } = await look(sql);
  expect(facts.flags.unbounded).toBe(unbounded);
});
