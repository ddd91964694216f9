import { expect, test } from 'vitest';
import { look } from '../shop.ts';

async function printOf(sql: string): Promise<string> {
  return (await look(sql)).facts.fingerprint;
}

test.each([
  [
    'literals',
    'SELECT id FROM orders WHERE status = "a" AND id = 1',
    "SELECT id FROM orders WHERE status = 'b' AND id = 22",
  ],
  ['blanks', 'SELECT id FROM orders', 'SELECT\n  id\tFROM   orders'],
  ['comments', 'SELECT id FROM orders', 'SELECT id /* of */ FROM orders -- all'],
  [
    'letter case of keywords',
    'SELECT SUM(id) FROM orders GROUP BY id',
    'select sum(id) from orders group by id',
  ],
])('queries that differ only in %s have one fingerprint', async (_what, left, right) => {
  expect(await printOf(left)).toBe(await printOf(right));
});

test.each([
  ['a table', 'SELECT id FROM orders', 'SELECT id FROM customers'],
  ['letter case of a table', 'SELECT id FROM orders', 'SELECT id FROM Orders'],
  ['a parameter', 'SELECT id FROM orders WHERE id = @a', 'SELECT id FROM orders WHERE id = @b'],
  ['a literal instead of a name', 'SELECT id FROM orders', 'SELECT "id" FROM orders'],
])('queries that differ in %s have different ones', async (_what, left, right) => {
  expect(await printOf(left)).not.toBe(await printOf(right));
});
