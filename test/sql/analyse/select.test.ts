import { expect, test } from 'vitest';
import { analyse } from '../../../src/sql/index.ts';
import { shop, summary } from '../shop.ts';
import type { Expected } from '../shop.ts';

const c = 'shop.customers';
const o = 'shop.orders';

const cases: readonly (readonly [title: string, sql: string, expected: Expected])[] = [
  [
    'a column is its own source',
    'SELECT email FROM customers',
    { kind: 'SELECT', tables: [`${c} read`], outputs: [['email', [`${c}.email`]]], influences: [], gaps: [] },
  ],
  [
    'a star is every column in the order of the catalog',
    'SELECT * EXCEPT (tags, address) FROM customers',
    {
      outputs: ['id', 'name', 'email', 'country', 'created'].map((name) => [name, [`${c}.${name}`]]),
      columns: ['country', 'created', 'email', 'id', 'name'].map((name) => `${c}.${name}`),
    },
  ],
  [
    'REPLACE reads what it is made of',
    'SELECT * REPLACE (LOWER(name) AS salary) FROM hr.staff',
    {
      outputs: [
        ['id', ['hr.staff.id']],
        ['name', ['hr.staff.name']],
        ['salary', ['hr.staff.name']],
      ],
    },
  ],
  [
    'ORDER BY takes a replaced column as the star lists it',
    'SELECT * REPLACE (name AS salary) FROM hr.staff ORDER BY salary',
    { influences: ['hr.staff.name'] },
  ],
  [
    'ORDER BY takes a column of the star where two tables have it',
    'SELECT c.* FROM customers AS c JOIN orders AS o ON c.name = o.status ORDER BY id',
    { influences: [`${c}.id`, `${c}.name`, `${o}.status`], gaps: [] },
  ],
  [
    'a filter is an influence',
    'SELECT id FROM customers WHERE email = @mail',
    { influences: [`${c}.email`], columns: [`${c}.email`, `${c}.id`] },
  ],
  [
    'a field of a STRUCT is a path',
    'SELECT address.geo.lat, c.address.city FROM customers c',
    {
      outputs: [
        ['lat', [`${c}.address.geo.lat`]],
        ['city', [`${c}.address.city`]],
      ],
    },
  ],
  [
    'a STRUCT keeps its fields apart through a subquery',
    'SELECT s.m FROM (SELECT STRUCT(name AS n, email AS m) AS s FROM customers)',
    { outputs: [['m', [`${c}.email`]]] },
  ],
  [
    'struct.* is its fields',
    'SELECT address.* FROM customers',
    { outputs: ['street', 'city', 'geo'].map((name) => [name, [`${c}.address.${name}`]]) },
  ],
  [
    'an array of a table is a source',
    'SELECT i.sku FROM orders o, o.items i',
    { tables: [`${o} read`], outputs: [['sku', [`${o}.items.sku`]]], influences: [`${o}.items`] },
  ],
  [
    'UNNEST brings the fields of its elements',
    'SELECT sku, pos FROM orders, UNNEST(items) WITH OFFSET AS pos',
    {
      outputs: [
        ['sku', [`${o}.items.sku`]],
        ['pos', []],
      ],
    },
  ],
  [
    'a range variable as a value is the whole row',
    'SELECT s FROM hr.staff s',
    { outputs: [['s', ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary']]] },
  ],
  [
    'a row as JSON is the whole row',
    'SELECT TO_JSON_STRING(s) AS j FROM hr.staff AS s',
    { outputs: [['j', ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary']]] },
  ],
  [
    'COUNT of a range variable reads the whole row',
    'SELECT COUNT(s) FROM hr.staff s',
    { columns: ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary'] },
  ],
  [
    'a range variable hides a column of its name',
    'SELECT salary FROM hr.staff AS salary',
    { outputs: [['salary', ['hr.staff.id', 'hr.staff.name', 'hr.staff.salary']]] },
  ],
  [
    'USING decides by both sides',
    'SELECT id FROM customers LEFT JOIN orders USING (id)',
    { outputs: [['id', [`${c}.id`]]], influences: [`${c}.id`, `${o}.id`] },
  ],
  [
    'a full join takes the column of either side',
    'SELECT id FROM customers FULL JOIN orders USING (id)',
    { outputs: [['id', [`${c}.id`, `${o}.id`]]] },
  ],
  [
    'set operations map by position',
    'SELECT name, id FROM customers UNION ALL SELECT status, amount FROM orders',
    {
      outputs: [
        ['name', [`${c}.name`, `${o}.status`]],
        ['id', [`${c}.id`, `${o}.amount`]],
      ],
      influences: [],
    },
  ],
  [
    'EXCEPT compares all columns',
    'SELECT id FROM customers EXCEPT DISTINCT SELECT customer_id FROM orders',
    { influences: [`${c}.id`, `${o}.customer_id`] },
  ],
  [
    'a common table hides a table',
    'WITH orders AS (SELECT email AS amount FROM customers) SELECT amount FROM orders',
    { tables: [`${c} read`], outputs: [['amount', [`${c}.email`]]] },
  ],
  [
    'a common table does not see itself unless recursive',
    'WITH orders AS (SELECT id FROM orders) SELECT id FROM orders',
    { tables: [`${o} read`], outputs: [['id', [`${o}.id`]]] },
  ],
  [
    'a qualified name is no common table',
    'WITH orders AS (SELECT 1 AS id) SELECT id FROM shop.orders',
    { outputs: [['id', [`${o}.id`]]] },
  ],
  [
    'a recursive table gathers the sources of all rounds',
    'WITH RECURSIVE t AS (SELECT name AS a, email AS b, 0 AS i FROM customers UNION ALL SELECT b, a, i + 1 FROM t WHERE i < 3) SELECT a FROM t',
    { outputs: [['a', [`${c}.email`, `${c}.name`]]] },
  ],
  [
    'a correlated subquery sees the rows around it',
    'SELECT (SELECT MAX(o.amount) FROM orders o WHERE o.customer_id = c.id) AS m FROM customers c',
    { outputs: [['m', [`${o}.amount`]]], influences: [`${c}.id`, `${o}.customer_id`] },
  ],
  [
    'EXISTS tells only of its filter',
    'SELECT EXISTS (SELECT 1 FROM orders WHERE amount > 9) AS e',
    { outputs: [['e', []]], influences: [`${o}.amount`] },
  ],
  [
    'keys and order of a window are influences',
    'SELECT ROW_NUMBER() OVER w AS n FROM orders WINDOW w AS (PARTITION BY status ORDER BY amount)',
    { outputs: [['n', []]], influences: [`${o}.amount`, `${o}.status`] },
  ],
  [
    'QUALIFY is an influence',
    'SELECT id FROM orders QUALIFY ROW_NUMBER() OVER (ORDER BY amount) = 1',
    { influences: [`${o}.amount`] },
  ],
  [
    'GROUP BY takes the name of the select list',
    'SELECT UPPER(email) AS name FROM customers GROUP BY name',
    { columns: [`${c}.email`], influences: [`${c}.email`] },
  ],
  [
    'GROUP BY ALL leaves aggregates out',
    'SELECT status, SUM(amount) AS s FROM orders GROUP BY ALL',
    { influences: [`${o}.status`] },
  ],
  [
    'an aggregate in HAVING sees the column beneath',
    'SELECT UPPER(email) AS name FROM customers GROUP BY 1 HAVING MAX(customers.name) > "a"',
    { influences: [`${c}.email`, `${c}.name`] },
  ],
  [
    'ORDER BY inside an aggregate is an influence',
    'SELECT ARRAY_AGG(name ORDER BY email LIMIT 1) AS a FROM customers',
    { outputs: [['a', [`${c}.name`]]], influences: [`${c}.email`] },
  ],
  [
    'PIVOT groups by every column that is not named',
    'SELECT * FROM (SELECT status, amount, customer_id FROM orders) PIVOT (SUM(amount) AS s FOR status IN ("a", "b"))',
    {
      outputs: [
        ['customer_id', [`${o}.customer_id`]],
        ['s_a', [`${o}.amount`]],
        ['s_b', [`${o}.amount`]],
      ],
      influences: [`${o}.customer_id`, `${o}.status`],
    },
  ],
  [
    'UNPIVOT puts columns under one name',
    'SELECT v FROM (SELECT id, name, email FROM customers) UNPIVOT (v FOR k IN (name, email))',
    { outputs: [['v', [`${c}.email`, `${c}.name`]]] },
  ],
  [
    'the suffix of a wildcard table is a column outside the star',
    'SELECT * FROM `p.logs.events_*` WHERE _TABLE_SUFFIX = "x"',
    {
      tables: ['logs.events_* read'],
      outputs: [
        ['user_id', ['logs.events_*.user_id']],
        ['kind', ['logs.events_*.kind']],
      ],
      influences: ['logs.events_*._TABLE_SUFFIX'],
    },
  ],
  [
    'the unit of differential privacy is read and decides what comes out',
    'SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = 1, privacy_unit_column = email) country, COUNT(*) FROM customers GROUP BY country',
    { columns: [`${c}.country`, `${c}.email`], influences: [`${c}.country`, `${c}.email`], gaps: [] },
  ],
  [
    'columns of PIVOT are named after their values',
    "SELECT * FROM (SELECT id, status FROM orders) PIVOT (COUNT(id) FOR status IN ('1x', '', 'a' AS b))",
    {
      outputs: ['1x', 'empty_string_value', 'b'].map((name) => [name, [`${o}.id`]]),
      gaps: [],
    },
  ],
  [
    'columns of PIVOT over a STRUCT are named after its fields',
    "SELECT * FROM (SELECT amount, STRUCT(id AS i, status) AS k FROM orders) PIVOT (SUM(amount) AS s FOR k IN ((-1, ''), (2, 'x')))",
    {
      outputs: ['s_i_minus_1_status__empty_string_value', 's_i_2_status_x'].map((name) => [
        name,
        [`${o}.amount`],
      ]),
      gaps: [],
    },
  ],
  [
    'columns of PIVOT are named after a date and a number as they are compared',
    "SELECT * FROM (SELECT id, DATE '2024-01-01' AS d FROM orders) PIVOT (COUNT(id) FOR d IN ('2024-02-01', DATE '2024-03-01'))",
    { outputs: ['_2024_02_01', '_2024_03_01'].map((name) => [name, [`${o}.id`]]), gaps: [] },
  ],
  [
    'fields of a tuple have no names',
    'SELECT * FROM (SELECT id, amount FROM orders) PIVOT (COUNT(*) FOR (id, amount) IN ((1, 2.50)))',
    { outputs: [['_1_2_point_5', []]], gaps: [] },
  ],
  [
    'a word of a function is no column',
    'SELECT NORMALIZE(name, NFKC) AS n, NORMALIZE_AND_CASEFOLD(email, nfd) AS m FROM customers',
    {
      outputs: [
        ['n', [`${c}.name`]],
        ['m', [`${c}.email`]],
      ],
      gaps: [],
    },
  ],
  [
    'JSON fields come from the one column',
    'SELECT note.buyer.phone FROM orders',
    { outputs: [['phone', [`${o}.note`]]] },
  ],
  [
    'a name may spell out the whole table',
    'SELECT p.shop.customers.email FROM p.shop.customers',
    { outputs: [['email', [`${c}.email`]]] },
  ],
  [
    'INFORMATION_SCHEMA keeps its name',
    'SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES',
    {
      tables: ['shop.INFORMATION_SCHEMA.TABLES read'],
      outputs: [['table_name', ['shop.INFORMATION_SCHEMA.TABLES.table_name']]],
      gaps: [],
    },
  ],
];

test.each([
  ['ROUND(id)', 'FLOAT64'],
  ['FLOOR(amount)', 'NUMERIC'],
  ['LAX_INT64(note)', 'INT64'],
  ["JSON_ARRAY_APPEND(note, '$', id)", 'JSON'],
  ['TIMESTAMP_BUCKET(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)', 'TIMESTAMP'],
  ["EDIT_DISTANCE(status, 'x')", 'INT64'],
  ['ARRAY_INCLUDES([id], 1)', 'BOOL'],
  ['(id, status)', 'STRUCT<INT64, STRING>'],
  ['STRUCT(id, status AS s)', 'STRUCT<id INT64, s STRING>'],
  ["ML.DISTANCE([1.0], [2.0], 'COSINE')", 'FLOAT64'],
  ['CAST(id AS DOUBLE)', 'FLOAT64'],
])('%s is of type %s', async (text, type) => {
  const { facts } = await analyse(`SELECT ${text} FROM orders`, {
    catalog: shop,
    project: 'p',
    defaultDataset: { project: 'p', dataset: 'shop' },
  });
  expect([facts.outputs[0]?.type, facts.gaps]).toEqual([type, []]);
});

test.each(cases)('%s', async (_title, sql, expected) => {
  expect(await summary(sql)).toMatchObject(expected);
});

const gaps: readonly (readonly [title: string, sql: string, expected: Expected])[] = [
  ['an unknown table', 'SELECT a FROM nothing', { gaps: ['unknown-table'], tables: ['shop.nothing read'] }],
  ['an unknown column', 'SELECT nothing FROM customers', { gaps: ['unknown-column'], tables: [`${c} read`] }],
  ['an unknown field', 'SELECT address.nothing FROM customers', { gaps: ['unknown-column'] }],
  [
    'an ambiguous name',
    'SELECT id FROM customers, orders',
    { gaps: ['ambiguous-name'], columns: [`${c}.id`, `${o}.id`] },
  ],
  ['a star over an unknown table', 'SELECT * FROM nothing', { gaps: ['unknown-column', 'unknown-table'] }],
  [
    'an unknown routine',
    'SELECT shop.nothing(email) FROM customers',
    { gaps: ['unknown-routine'], columns: [`${c}.email`] },
  ],
  [
    'a model',
    'SELECT * FROM ML.PREDICT(MODEL shop.m, TABLE shop.orders)',
    { gaps: ['unknown-column', 'model'], tables: [`${o} read`] },
  ],
  ['a text that is not SQL', 'SELECT FROM WHERE', { gaps: ['syntax'] }],
  ['a view that reads itself', 'SELECT a FROM itself', { gaps: ['view-depth'] }],
  ['a view in legacy SQL', 'SELECT a FROM old', { gaps: ['view-depth'] }],
  ['a routine that calls itself', 'SELECT shop.loop(1)', { gaps: ['view-depth'] }],
  ['a window that does not exist', 'SELECT SUM(amount) OVER w FROM orders', { gaps: ['unknown-column'] }],
];

test.each(gaps)('%s is a gap', async (_title, sql, expected) => {
  const { gaps: found, ...rest } = await summary(sql);
  const { gaps: wanted, ...others } = expected;
  expect(found.toSorted()).toEqual((wanted ?? []).toSorted());
  expect(rest).toMatchObject(others);
});
