import { describe, expect, test } from 'vitest';
import { maskSources } from '../../../src/sql/index.ts';
import { look, summary } from '../shop.ts';

const orders = { project: 'p', dataset: 'shop', name: 'orders' };
const note = { table: orders, path: ['note'], expression: (): string => 'CAST(NULL AS JSON)' };

test('a column that a pipe only passes on is not read', async () => {
  expect(await summary('FROM customers |> WHERE country = "DE" |> SELECT name')).toEqual({
    kind: 'SELECT',
    tables: ['shop.customers read'],
    columns: ['shop.customers.country', 'shop.customers.name'],
    outputs: [['name', ['shop.customers.name']]],
    influences: ['shop.customers.country'],
    writes: [],
    gaps: [],
  });
});

test('a pipe that ends without a list returns every column', async () => {
  const { facts } = await look('FROM hr.staff |> WHERE id > 1');
  expect([facts.flags.selectsStar, facts.columns.map((source) => source.path[0])]).toEqual([
    true,
    ['id', 'name', 'salary'],
  ]);
});

test('a pipe is masked at its source', async () => {
  const { text } = await maskSources(await look('FROM orders |> WHERE id > 1 |> SELECT note'), [note]);
  expect(text).toBe(
    'FROM (SELECT guard_row.id, CAST(NULL AS JSON) AS note FROM orders AS guard_row) AS orders |> WHERE id > 1 |> SELECT note',
  );
});

test('pseudo columns of a masked table in a pipe are refused', async () => {
  const analysis = await look('FROM orders |> WHERE _PARTITIONTIME > "2024-01-01" |> EXTEND 1 AS a');
  await expect(maskSources(analysis, [note])).rejects.toMatchObject({ code: 'ERR_SQL_UNPROVEN' });
});

test.each(['SELECT id', 'SELECT COUNT(*)', 'AGGREGATE COUNT(*)', 'DROP a', 'WHERE id > 1'])(
  'a table that EXTEND reads is listed before %s',
  async (operator) => {
    const { tables } = await summary(
      `FROM orders |> EXTEND (SELECT MAX(email) FROM customers) AS a |> ${operator}`,
    );
    expect(tables).toEqual(['shop.customers read', 'shop.orders read']);
  },
);

describe('the name of a table stands for its columns until a step makes new ones', () => {
  test.each([
    ['SET name = "x" |> SELECT c.name AS old, name AS made', ['old', ['shop.customers.name']], ['made', []]],
    ['DROP email |> SELECT c.email', ['email', ['shop.customers.email']]],
    ['RENAME email AS mail |> SELECT c.email AS a', ['a', ['shop.customers.email']]],
    ['EXTEND id AS email |> WHERE TRUE |> SELECT c.email AS a', ['a', ['shop.customers.email']]],
    ['WHERE id > 1 |> LIMIT 5 |> SELECT c.email AS a', ['a', ['shop.customers.email']]],
    ['DISTINCT |> ORDER BY c.id |> SELECT c.email AS a', ['a', ['shop.customers.email']]],
    [
      'LIMIT 1 |> JOIN orders AS o ON c.id = o.id |> WHERE o.id = 1 |> SELECT c.name',
      ['name', ['shop.customers.name']],
    ],
    ['LIMIT 1 |> CROSS JOIN UNNEST(c.tags) AS tag |> SELECT tag', ['tag', ['shop.customers.tags']]],
    [
      'SET id = 1 |> SELECT c.* EXCEPT (id, email, country, address, tags, created)',
      ['name', ['shop.customers.name']],
    ],
  ] as const)('FROM customers AS c |> %s', async (steps, ...outputs) => {
    expect(await summary(`FROM customers AS c |> ${steps}`)).toMatchObject({ outputs, gaps: [] });
  });

  test.each(['SELECT id', 'AGGREGATE COUNT(*) AS id', 'AS d', 'UNION ALL (FROM customers)'])(
    'it is gone after %s',
    async (step) => {
      const { gaps } = await summary(`FROM customers AS c |> ${step} |> SELECT c.id`);
      expect(gaps).toEqual(['unknown-column']);
    },
  );

  test('several tables keep their names', async () => {
    const text =
      'FROM customers AS c, orders AS o |> EXTEND c.id + o.id AS sum |> WHERE sum = 1 |> SELECT c.email, o.note';
    expect(await summary(text)).toMatchObject({
      outputs: [
        ['email', ['shop.customers.email']],
        ['note', ['shop.orders.note']],
      ],
      influences: ['shop.customers.id', 'shop.orders.id'],
      gaps: [],
    });
  });

  test('parentheses without an alias let it through, those with one do not', async () => {
    const inner = '(FROM customers AS c |> WHERE id = 1)';
    const outputs = [['email', ['shop.customers.email']]];
    expect(await summary(`SELECT c.email FROM ${inner}`)).toMatchObject({ outputs, gaps: [] });
    expect(await summary(`${inner} |> SELECT c.email`)).toMatchObject({ outputs, gaps: [] });
    expect(await summary(`${inner} AS d |> SELECT d.email`)).toMatchObject({ outputs, gaps: [] });
    expect((await summary(`SELECT c.email FROM ${inner} AS d`)).gaps).toEqual(['unknown-column']);
    expect((await summary(`WITH d AS ${inner} SELECT c.email FROM d`)).gaps).toEqual(['unknown-column']);
  });

  test('PIVOT groups by what its aggregates do not name, also through a kept name', async () => {
    const text =
      'FROM hr.staff AS s |> WHERE id > 1 |> PIVOT (SUM(s.salary) FOR s.name IN ("a" AS a)) |> SELECT *';
    const { outputs } = await summary(text);
    expect(outputs?.map(([name]) => name)).toEqual(['id', 'a']);
  });

  test('a masked table keeps a column where a pipe drops all others', async () => {
    const { text } = await maskSources(await look('FROM orders AS o |> DROP note |> SELECT o.note'), [note]);
    expect(text).toBe(
      'FROM (SELECT guard_row.id, CAST(NULL AS JSON) AS note FROM orders AS guard_row) AS o |> DROP note |> SELECT o.note',
    );
  });

  test('a masked table keeps its name', async () => {
    const analysis = await look('FROM orders AS o |> SET note = NULL |> SELECT o.note AS a');
    const { text } = await maskSources(analysis, [note]);
    expect(text).toBe(
      'FROM (SELECT CAST(NULL AS JSON) AS note FROM orders AS guard_row) AS o |> SET note = NULL |> SELECT o.note AS a',
    );
  });
});

test('EXISTS over a pipe reads what the pipe reads', async () => {
  const { columns } = await summary('SELECT EXISTS(FROM customers |> WHERE id = 1)');
  expect(columns).toEqual(['shop.customers.id']);
});

test('a table function without a dataset is looked for in the default one', async () => {
  const text = 'FROM orders |> CALL mails() |> SELECT mail';
  expect(await summary(text)).toMatchObject({
    tables: ['shop.customers read', 'shop.orders read'],
    gaps: [],
  });
  expect((await summary('FROM customers |> CALL nothing() |> SELECT 1')).gaps).toEqual(['unknown-routine']);
  expect((await summary('SELECT * FROM GAP_FILL(TABLE orders)')).gaps).toContain('unsupported');
});
