import { expect, test } from 'vitest';
import { summary } from '../shop.ts';

// What may or may not happen at run time must not change what a name is taken for.
test.each([
  [
    '@@dataset_id set in a branch',
    'IF FALSE THEN SET @@dataset_id = "hr"; END IF; SELECT name FROM staff',
    'dynamic-sql',
  ],
  [
    '@@dataset_id set where an error may pass over it',
    'BEGIN SET @@dataset_id = "hr"; EXCEPTION WHEN ERROR THEN SELECT 1; END; SELECT name FROM staff',
    'dynamic-sql',
  ],
  [
    'a temporary table with the name of a table of the default dataset',
    'IF FALSE THEN CREATE TEMP TABLE customers AS SELECT 1 AS id; END IF; SELECT * FROM customers',
    'ambiguous-name',
  ],
  [
    'a temporary table made twice with other columns',
    'CREATE TEMP TABLE t AS SELECT email FROM customers; IF FALSE THEN CREATE OR REPLACE TEMP TABLE t AS SELECT 1 AS a; END IF; SELECT * FROM t',
    'unsupported',
  ],
  [
    'a table that the script replaces',
    'CREATE OR REPLACE TABLE shop.customers AS SELECT 1 AS id; SELECT * FROM shop.customers',
    'ambiguous-name',
  ],
  [
    'a view that the script replaces',
    'CREATE OR REPLACE VIEW shop.buyers AS SELECT 1 AS id, "a" AS mail; SELECT mail FROM shop.buyers',
    'ambiguous-name',
  ],
  [
    'a table with columns that change places',
    'ALTER TABLE hr.staff RENAME COLUMN id TO x, RENAME COLUMN salary TO id; SELECT id FROM hr.staff',
    'unsupported',
  ],
  [
    'a table that takes the name of another',
    'ALTER TABLE hr.staff RENAME TO other; SELECT a FROM hr.other',
    'unsupported',
  ],
  [
    'a function that may be the one of the catalog',
    'CREATE FUNCTION IF NOT EXISTS shop.clean(x STRING) AS ("a"); SELECT shop.clean("b")',
    'ambiguous-name',
  ],
  [
    'a function made again in a branch',
    'CREATE TEMP FUNCTION f(x STRING) AS ((SELECT MAX(email) FROM customers)); IF FALSE THEN CREATE OR REPLACE TEMP FUNCTION f(x STRING) AS (x); END IF; SELECT f("a")',
    'ambiguous-name',
  ],
  [
    'a common table that is written further on',
    'WITH RECURSIVE a AS (SELECT * FROM orders), orders AS (SELECT email FROM customers) SELECT * FROM a',
    'unsupported',
  ],
])('%s is a gap', async (_what, sql, code) => {
  const { gaps } = await summary(sql);
  expect(gaps).toContain(code);
});

test('a temporary table made in both branches has the sources of both', async () => {
  const sql =
    'CREATE TEMP TABLE t AS SELECT email AS a FROM customers; IF TRUE THEN CREATE OR REPLACE TEMP TABLE t AS SELECT status AS a FROM orders; END IF; SELECT a FROM t';
  expect(await summary(sql)).toMatchObject({
    outputs: [
      ['a', ['.t.a', 'shop.customers.email', 'shop.orders.status'].map((name) => name.replace(/^\./, ''))],
    ],
    gaps: [],
  });
});

test('a function of the script is found by any way to write its name', async () => {
  const sql =
    'CREATE OR REPLACE FUNCTION shop.clean(x STRING) AS ((SELECT MAX(name) FROM hr.staff)); SELECT `p.shop.clean`("a") AS m';
  expect(await summary(sql)).toMatchObject({ outputs: [['m', ['hr.staff.name']]], gaps: [] });
});

test('a variable of a block is not the one around it', async () => {
  const sql =
    'DECLARE x STRING DEFAULT "a"; BEGIN DECLARE x STRING DEFAULT (SELECT MAX(email) FROM customers); SELECT x AS y; END; SELECT x AS y';
  expect(await summary(sql)).toMatchObject({ outputs: [['y', []]], gaps: [] });
});
