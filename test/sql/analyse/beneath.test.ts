import { expect, test } from 'vitest';
import { look, summary } from '../shop.ts';

test('a view stands for itself and for the columns that it is made of', async () => {
  const found = await summary('SELECT mail FROM buyers');
  expect(found).toEqual({
    kind: 'SELECT',
    tables: ['shop.buyers read', 'shop.customers read'],
    columns: ['shop.buyers.mail', 'shop.customers.country', 'shop.customers.email'],
    outputs: [['mail', ['shop.buyers.mail', 'shop.customers.email']]],
    influences: ['shop.customers.country'],
    writes: [],
    gaps: [],
  });
});

test('a table beneath a view has no place in the text and says through what it is read', async () => {
  const { facts } = await look('SELECT mail FROM outer_view');
  expect(
    facts.tables.map(({ name, beneath, references }) => [
      name.name,
      beneath.map((each) => each.name),
      references.length,
    ]),
  ).toEqual([
    ['buyers', ['outer_view'], 0],
    ['customers', ['outer_view', 'buyers'], 0],
    ['outer_view', [], 1],
  ]);
});

test('a column of a view is no plain copy', async () => {
  const { facts } = await look('SELECT id FROM buyers');
  expect(facts.outputs.map((output) => output.plain)).toEqual([false]);
});

test('a function in SQL depends on its arguments and on what it reads', async () => {
  const found = await summary('SELECT shop.top_mail(status) AS m FROM orders');
  expect(found).toMatchObject({
    tables: ['shop.customers read', 'shop.orders read'],
    outputs: [['m', ['shop.customers.email', 'shop.orders.status']]],
    influences: ['shop.customers.country', 'shop.orders.status'],
    gaps: [],
  });
});

test('a function in another language depends on its arguments', async () => {
  expect(await summary('SELECT shop.js(email) AS m FROM customers')).toMatchObject({
    outputs: [['m', ['shop.customers.email']]],
    gaps: [],
  });
});

test('a table function is read through its text', async () => {
  const found = await summary('SELECT mail FROM shop.mails("DE")');
  expect(found).toMatchObject({
    tables: ['shop.customers read'],
    outputs: [['mail', ['shop.customers.email']]],
    influences: ['shop.customers.country'],
    gaps: [],
  });
});

test('the statements of a procedure count as those of its call', async () => {
  const found = await summary('CALL shop.archive(5)');
  expect(found).toMatchObject({
    kind: 'CALL',
    tables: ['shop.orders write'],
    influences: ['shop.orders.id'],
    gaps: [],
  });
});
