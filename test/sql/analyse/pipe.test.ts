import { expect, test } from 'vitest';
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
