import { expect, test } from 'vitest';
import { look, summary } from '../shop.ts';
import type { Expected } from '../shop.ts';

const c = 'shop.customers';
const o = 'shop.orders';

/** Forms that the parser does not know and that are read by hand. */
const cases: readonly (readonly [title: string, sql: string, expected: Expected])[] = [
  [
    'conditions one after the other belong to joins from the inside out',
    `SELECT a.email, s.name FROM customers a LEFT JOIN orders b JOIN hr.staff s ON s.id = b.id ON a.id = b.customer_id`,
    {
      outputs: [
        ['email', [`${c}.email`]],
        ['name', ['hr.staff.name']],
      ],
      influences: ['hr.staff.id', `${c}.id`, `${o}.customer_id`, `${o}.id`],
      gaps: [],
    },
  ],
  [
    'three conditions at the end belong to three joins',
    'SELECT s.name FROM customers a JOIN orders b JOIN hr.staff s JOIN hr.staff t USING (id) ON s.id = b.id ON a.id = b.id',
    { outputs: [['name', ['hr.staff.name']]], influences: ['hr.staff.id', `${c}.id`, `${o}.id`], gaps: [] },
  ],
  [
    'more conditions than joins are refused',
    'SELECT 1 FROM customers a JOIN orders b ON TRUE ON TRUE',
    { gaps: ['unsupported'] },
  ],
  [
    'LATERAL names the items before it',
    'SELECT l.status FROM customers c, LATERAL (SELECT status FROM orders WHERE customer_id = c.id) AS l',
    { outputs: [['status', [`${o}.status`]]], influences: [`${c}.id`, `${o}.customer_id`], gaps: [] },
  ],
  [
    'a query in FROM without LATERAL does not',
    'SELECT l.status FROM customers c, (SELECT status FROM orders WHERE customer_id = c.id) AS l',
    { gaps: ['unknown-column'] },
  ],
  [
    'UNNEST takes several arrays',
    "SELECT t, i.sku FROM customers c, orders o, UNNEST(c.tags AS t, o.items AS i, mode => 'PAD') WITH OFFSET n",
    {
      outputs: [
        ['t', [`${c}.tags`]],
        ['sku', [`${o}.items.sku`]],
      ],
      gaps: [],
    },
  ],
  [
    'commas of a type part no arrays',
    "SELECT v.b FROM UNNEST(ARRAY<STRUCT<a INT64, b STRING>>[(1, 'x')]) AS v",
    { outputs: [['b', []]], gaps: [] },
  ],
  [
    'MERGE takes the elements of an array',
    'MERGE hr.staff s USING UNNEST([STRUCT(1 AS n, "a" AS m)]) AS v ON s.id = v.n WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n, m)',
    { tables: ['hr.staff write'], influences: ['hr.staff.id'], gaps: [] },
  ],
  [
    'a path in UNNEST leads through arrays',
    'SELECT s FROM orders, UNNEST(orders.items.sku) AS s',
    { outputs: [['s', [`${o}.items.sku`]]], gaps: [] },
  ],
  [
    'so does one that is an item of FROM, and FLATTEN',
    'SELECT s, FLATTEN(o.items.qty) AS q FROM orders AS o, o.items.sku AS s',
    {
      outputs: [
        ['s', [`${o}.items.sku`]],
        ['q', [`${o}.items.qty`]],
      ],
      gaps: [],
    },
  ],
  ['a path in a select list does not', 'SELECT items.sku FROM orders', { gaps: ['unknown-column'] }],
  [
    'PIVOT takes the cast of a literal for a literal',
    "SELECT * FROM (SELECT id, amount FROM orders) PIVOT (SUM(amount) FOR id IN (CAST(3 AS INT64), CAST('-7' AS INT64), +5))",
    { outputs: ['_3', 'minus_7', '_5'].map((name) => [name, [`${o}.amount`]]), gaps: [] },
  ],
  [
    'PIVOT over a value that is computed is refused',
    'SELECT * FROM (SELECT id, amount FROM orders) PIVOT (SUM(amount) FOR id IN (1 + 1))',
    { gaps: ['unsupported'] },
  ],
  [
    'a generated column calls what it is made with',
    'CREATE TABLE shop.new (a STRING, b STRING GENERATED ALWAYS AS (shop.clean(a)) STORED, c STRING AS (b) STORED)',
    { kind: 'CREATE_TABLE', tables: ['shop.new create'], gaps: [] },
  ],
  [
    'a generated column may use a model',
    "CREATE TABLE shop.new (a STRING, b ARRAY<FLOAT64> GENERATED ALWAYS AS (AI.EMBED(a, connection_id => 'us.c')) STORED)",
    { gaps: ['model'] },
  ],
  [
    'a generated column is made of the columns of its table',
    'CREATE TABLE shop.new (a STRING, b STRING GENERATED ALWAYS AS (z) STORED)',
    { gaps: ['unknown-column'] },
  ],
  [
    'LOAD DATA fills a temporary table',
    "LOAD DATA INTO TEMP TABLE x (a INT64) FROM FILES (format = 'CSV', uris = ['gs://b/f']); SELECT a FROM x",
    { tables: ['x read+create'], outputs: [['a', ['x.a']]], gaps: [] },
  ],
  [
    'EXTERNAL SECURITY changes nothing of what a procedure does',
    'CREATE PROCEDURE shop.f(n INT64) EXTERNAL SECURITY INVOKER BEGIN SELECT email FROM shop.customers WHERE id = n; END',
    { tables: [`${c} read`], gaps: [] },
  ],
  [
    'WITH DEPTH counts the rounds',
    'WITH RECURSIVE r AS (SELECT id FROM customers UNION ALL SELECT id + 1 FROM r) WITH DEPTH AS d BETWEEN 1 AND 5 SELECT id, d FROM r',
    {
      outputs: [
        ['id', [`${c}.id`]],
        ['d', []],
      ],
      gaps: [],
    },
  ],
  [
    'a query with a name is a side of a UNION',
    '(SELECT email FROM customers) AS x UNION ALL SELECT name FROM hr.staff',
    { outputs: [['email', ['hr.staff.name', `${c}.email`]]], gaps: [] },
  ],
  [
    'refreshing a view is a write of it',
    "CALL BQ.REFRESH_MATERIALIZED_VIEW('p.shop.totals')",
    { kind: 'CALL', tables: ['shop.totals write'], gaps: [] },
  ],
  [
    'what else BigQuery offers as procedures is a gap',
    "CALL BQ.JOBS.CANCEL('job')",
    { gaps: ['unknown-routine'] },
  ],
  [
    'a view whose name is computed is a gap',
    'CALL BQ.REFRESH_MATERIALIZED_VIEW(@name)',
    { gaps: ['unknown-routine'] },
  ],
  [
    'VECTOR_SEARCH returns a row of either table and their distance',
    "SELECT base.sku, query.email, distance FROM VECTOR_SEARCH((SELECT 's' AS sku, amount FROM orders), 'amount', (SELECT email FROM customers), top_k => 3)",
    {
      outputs: [
        ['sku', []],
        ['email', [`${c}.email`]],
        ['distance', [`${c}.email`, `${o}.amount`]],
      ],
      influences: [`${c}.email`, `${o}.amount`],
      gaps: [],
    },
  ],
  [
    'GAP_FILL makes values of the rows around',
    "SELECT * FROM GAP_FILL(TABLE shop.customers, ts_column => 'created', bucket_width => INTERVAL 1 HOUR, partitioning_columns => ['country'], value_columns => [('id', 'linear')])",
    {
      outputs: ['created', 'country', 'id'].map((name) => [
        name,
        ['country', 'created', ...(name === 'id' ? ['id'] : [])].map((column) => `${c}.${column}`),
      ]),
      influences: [`${c}.country`, `${c}.created`],
      gaps: [],
    },
  ],
  [
    'RANGE_SESSIONIZE adds the session',
    "SELECT email, session_range FROM RANGE_SESSIONIZE((SELECT email, RANGE(DATE(created), NULL) AS r FROM customers), 'r', ['email'])",
    {
      outputs: [
        ['email', [`${c}.email`]],
        ['session_range', [`${c}.created`, `${c}.email`]],
      ],
      gaps: [],
    },
  ],
  [
    'such a function over columns that are computed is refused',
    "SELECT * FROM RANGE_SESSIONIZE(TABLE shop.customers, CONCAT('cre', 'ated'), ['email'])",
    { gaps: ['unknown-column', 'unsupported'] },
  ],
  ['a number may end in a dot', 'SELECT id FROM hr.staff WHERE salary > 5. OR salary < 5.e3', { gaps: [] }],
  [
    'ORDER BY calls COLLATE',
    "SELECT name FROM hr.staff ORDER BY COLLATE(name, 'und:ci')",
    { influences: ['hr.staff.name'], gaps: [] },
  ],
  [
    'a quoted table may touch the word before it',
    'SELECT id FROM`p.hr.staff`WHERE id > 1',
    { outputs: [['id', ['hr.staff.id']]], gaps: [] },
  ],
  [
    'an aggregate may say which rows count',
    "SELECT STRING_AGG(name, ',' WHERE salary > 1 ORDER BY id) AS n FROM hr.staff",
    { outputs: [['n', ['hr.staff.name']]], influences: ['hr.staff.id', 'hr.staff.salary'], gaps: [] },
  ],
  [
    'aggregates of aggregates have keys of their own',
    'SELECT AVG(MAX(salary) GROUP BY name) AS n FROM hr.staff',
    { outputs: [['n', ['hr.staff.salary']]], influences: ['hr.staff.name'], gaps: [] },
  ],
  [
    'the star of a SELECT in a pipe reads every column, as in any other',
    'FROM hr.staff |> SELECT * EXCEPT (id) |> SELECT name',
    { columns: ['hr.staff.name', 'hr.staff.salary'], outputs: [['name', ['hr.staff.name']]], gaps: [] },
  ],
  [
    'a key of ROLLUP in other letter case is the same column',
    'FROM hr.staff |> AGGREGATE COUNT(*) AS n GROUP BY ROLLUP(name, NAME, id)',
    {
      outputs: [
        ['name', ['hr.staff.name']],
        ['id', ['hr.staff.id']],
        ['n', []],
      ],
      gaps: [],
    },
  ],
  [
    'DROP PROPERTY GRAPH is DDL',
    'DROP PROPERTY GRAPH IF EXISTS shop.g',
    { kind: 'DROP_PROPERTY_GRAPH', gaps: [] },
  ],
  [
    'a property graph is refused',
    'CREATE PROPERTY GRAPH shop.g NODE TABLES (customers)',
    { gaps: ['unsupported'] },
  ],
];

test.each(cases)('%s', async (_title, sql, expected) => {
  expect(await summary(sql)).toMatchObject(expected);
});

test('who may see masked data is access control', async () => {
  const statements = [
    'CREATE OR REPLACE DATA_POLICY `p.region-us.x` OPTIONS (data_policy_type = "RAW_DATA_ACCESS_POLICY")',
    'DROP DATA_POLICY `p.region-us.x`',
    'GRANT FINE_GRAINED_READ ON DATA_POLICY `p.region-us.x` TO "user:a@b.c"',
  ];
  const flags = await Promise.all(statements.map(async (sql) => (await look(sql)).facts.flags.dcl));
  expect(flags).toEqual([true, true, true]);
});
