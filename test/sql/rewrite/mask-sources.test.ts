import { expect, test } from 'vitest';
import { analyse, maskSources, staticCatalog } from '../../../src/sql/index.ts';
import type { SourceMask } from '../../../src/sql/index.ts';
import { look, shopOptions } from '../shop.ts';

const customers = { project: 'p', dataset: 'shop', name: 'customers' };
const orders = { project: 'p', dataset: 'shop', name: 'orders' };
const event = { project: 'p', dataset: 'logs', name: 'events_20240101' };

const hash = (sql: string): string => `TO_HEX(SHA256(${sql}))`;
const email: SourceMask = { table: customers, path: ['email'], expression: hash };

async function masked(sql: string, masks: readonly SourceMask[] = [email]): Promise<string> {
  return (await maskSources(await look(sql), masks)).text;
}

const hashed = 'TO_HEX(SHA256(guard_row.email)) AS email';

test.each([
  [
    'a plain name',
    'SELECT email FROM customers',
    `SELECT email FROM (SELECT ${hashed} FROM customers AS guard_row) AS customers`,
  ],
  [
    'an alias',
    'SELECT c.email FROM shop.customers c',
    `SELECT c.email FROM (SELECT ${hashed} FROM shop.customers AS guard_row) AS c`,
  ],
  [
    'a name in back-quotes',
    'SELECT email FROM `p.shop.customers`',
    `SELECT email FROM (SELECT ${hashed} FROM \`p.shop.customers\` AS guard_row) AS customers`,
  ],
  [
    'a common table',
    'WITH a AS (SELECT email FROM customers) SELECT * FROM a',
    `WITH a AS (SELECT email FROM (SELECT ${hashed} FROM customers AS guard_row) AS customers) SELECT * FROM a`,
  ],
  [
    'a filter alone',
    'SELECT id FROM customers WHERE email = "x"',
    `SELECT id FROM (SELECT guard_row.id, ${hashed} FROM customers AS guard_row) AS customers WHERE email = "x"`,
  ],
  [
    'a count of rows',
    'SELECT COUNT(*) FROM customers',
    'SELECT COUNT(*) FROM (SELECT NULL AS guard_none FROM customers AS guard_row) AS customers',
  ],
  [
    'time travel',
    'SELECT email FROM customers FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP() WHERE TRUE',
    `SELECT email FROM (SELECT ${hashed} FROM customers AS guard_row FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()) AS customers WHERE TRUE`,
  ],
  [
    'a sample',
    'SELECT email FROM customers TABLESAMPLE SYSTEM (10 PERCENT)',
    `SELECT email FROM (SELECT ${hashed} FROM customers AS guard_row TABLESAMPLE SYSTEM (10 PERCENT)) AS customers`,
  ],
  [
    'a whole path before a column',
    'SELECT shop.customers.email FROM shop.customers',
    `SELECT customers.email FROM (SELECT ${hashed} FROM shop.customers AS guard_row) AS customers`,
  ],
  [
    'both sides of a join',
    'SELECT a.id FROM customers a JOIN customers b ON a.email = b.email',
    `SELECT a.id FROM (SELECT guard_row.id, ${hashed} FROM customers AS guard_row) AS a JOIN (SELECT TO_HEX(SHA256(guard_row.email)) AS email FROM customers AS guard_row) AS b ON a.email = b.email`,
  ],
  [
    'a subquery of DML',
    'DELETE FROM orders WHERE id IN (SELECT id FROM customers WHERE email = "x")',
    `DELETE FROM orders WHERE id IN (SELECT id FROM (SELECT guard_row.id, ${hashed} FROM customers AS guard_row) AS customers WHERE email = "x")`,
  ],
  [
    'a target whose masked columns are not read',
    'DELETE FROM customers WHERE id = 1',
    'DELETE FROM customers WHERE id = 1',
  ],
  ['a table without masks', 'SELECT status FROM orders -- é', 'SELECT status FROM orders -- é'],
])('%s is masked at the source', async (_what, sql, expected) => {
  expect(await masked(sql)).toBe(expected);
});

test('a star lists the columns by name in the order of the catalog', async () => {
  expect(await masked('SELECT * FROM customers')).toBe(
    `SELECT * FROM (SELECT guard_row.id, guard_row.name, ${hashed}, guard_row.country, guard_row.address, guard_row.tags, guard_row.created FROM customers AS guard_row) AS customers`,
  );
});

test('a field of a STRUCT is masked in its place, and a NULL STRUCT stays NULL', async () => {
  const city: SourceMask = {
    table: customers,
    path: ['address', 'city'],
    expression: () => 'CAST(NULL AS STRING)',
  };
  expect(await masked('SELECT address FROM customers', [city])).toBe(
    'SELECT address FROM (SELECT IF(guard_row.address IS NULL, NULL, STRUCT(guard_row.address.street AS street, CAST(NULL AS STRING) AS city, guard_row.address.geo AS geo)) AS address FROM customers AS guard_row) AS customers',
  );
});

test('a field of a repeated STRUCT is masked in each element, in order', async () => {
  const sku: SourceMask = { table: orders, path: ['items', 'sku'], expression: hash };
  expect(await masked('SELECT i.sku FROM orders o, o.items i', [sku])).toBe(
    'SELECT i.sku FROM (SELECT IF(guard_row.items IS NULL, NULL, ARRAY(SELECT AS STRUCT TO_HEX(SHA256(guard_element.sku)) AS sku, guard_element.qty AS qty FROM UNNEST(guard_row.items) AS guard_element WITH OFFSET AS guard_offset ORDER BY guard_offset)) AS items FROM orders AS guard_row) AS o, o.items i',
  );
});

test('a mask that empties leaves an empty array', async () => {
  const tags: SourceMask = {
    table: customers,
    path: ['tags'],
    expression: () => 'CAST(NULL AS STRING)',
    empties: true,
  };
  expect(await masked('SELECT tags FROM customers', [tags])).toBe(
    'SELECT tags FROM (SELECT ARRAY(SELECT guard_element FROM UNNEST(guard_row.tags) AS guard_element WHERE FALSE) AS tags FROM customers AS guard_row) AS customers',
  );
});

test('a mask of one table covers the wildcard that matches it, and the suffix stays a filter', async () => {
  const user: SourceMask = { table: event, path: ['user_id'], expression: () => 'CAST(NULL AS INT64)' };
  expect(await masked('SELECT user_id FROM `p.logs.events_*` WHERE _TABLE_SUFFIX = "20240101"', [user])).toBe(
    'SELECT user_id FROM (SELECT CAST(NULL AS INT64) AS user_id, guard_row._TABLE_SUFFIX AS guard_table_suffix FROM `p.logs.events_*` AS guard_row) AS `events_*` WHERE guard_table_suffix = "20240101"',
  );
});

test('a star does not show the pseudo columns that are carried', async () => {
  const note: SourceMask = { table: orders, path: ['note'], expression: () => 'CAST(NULL AS JSON)' };
  expect(
    await masked('SELECT * EXCEPT (items, customer_id, amount), _PARTITIONTIME FROM orders', [note]),
  ).toBe(
    'SELECT * EXCEPT (items, customer_id, amount, guard_partitiontime), guard_partitiontime AS _PARTITIONTIME FROM (SELECT guard_row.id, guard_row.customer_id, guard_row.status, guard_row.amount, guard_row.items, CAST(NULL AS JSON) AS note, guard_row._PARTITIONTIME AS guard_partitiontime FROM orders AS guard_row) AS orders',
  );
});

test('names of the text are never taken for the names that are put in', async () => {
  expect(await masked('SELECT guard_row.email FROM customers AS guard_row')).toBe(
    'SELECT guard_row.email FROM (SELECT TO_HEX(SHA256(guard_row_2.email)) AS email FROM customers AS guard_row_2) AS guard_row',
  );
});

test.each([
  ['a target whose masked column is read', 'UPDATE customers SET name = email WHERE TRUE'],
  ['a target whose masked column is a filter', 'DELETE FROM customers WHERE email = "x"'],
  [
    'a target whose masked column is in ON',
    'MERGE customers c USING hr.staff s ON c.email = s.name WHEN MATCHED THEN DELETE',
  ],
  ['a copy', 'CREATE TABLE shop.copy COPY customers'],
  ['a view that asks who asks', 'SELECT id FROM mine'],
  ['a view that computes with a masked column in another project', 'SELECT id FROM `q.out.foreign`'],
  ['a view that computes with a masked column and renames its own', 'SELECT who FROM renamed'],
  [
    'a view over a masked table at another time',
    'SELECT id FROM buyers FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()',
  ],
  ['a view over a masked table that is copied', 'CREATE TABLE shop.copy COPY buyers'],
  ['a function that reads a masked table', 'SELECT shop.top_mail("DE")'],
  ['a text with a gap', 'SELECT email, nothing FROM customers'],
])('%s is refused', async (_what, sql) => {
  await expect(masked(sql)).rejects.toMatchObject({ code: 'ERR_SQL_UNPROVEN' });
});

const inner = `(SELECT guard_row.id, ${hashed}, guard_row.country FROM shop.customers AS guard_row) AS customers`;

test.each([
  [
    'copies a masked column is masked at its output',
    'SELECT contact FROM contacts AS c WHERE c.id = 1',
    'SELECT contact FROM (SELECT guard_row.id, TO_HEX(SHA256(guard_row.contact)) AS contact FROM contacts AS guard_row) AS c WHERE c.id = 1',
  ],
  [
    'copies a masked column may be read without it',
    'SELECT upper FROM contacts',
    'SELECT upper FROM (SELECT guard_row.upper FROM contacts AS guard_row) AS contacts',
  ],
  [
    'computes with a masked column is replaced by its text',
    'SELECT mail FROM buyers',
    `SELECT mail FROM (SELECT guard_row.mail FROM (SELECT id, LOWER(email) AS mail FROM ${inner} WHERE country = "DE"\n) AS guard_row) AS buyers`,
  ],
  [
    'reads such a view is replaced, and so is the other',
    'SELECT mail FROM outer_view',
    `SELECT mail FROM (SELECT guard_row.mail FROM (SELECT mail FROM (SELECT guard_row.mail FROM (SELECT id, LOWER(email) AS mail FROM ${inner} WHERE country = "DE"\n) AS guard_row) AS buyers\n) AS guard_row) AS outer_view`,
  ],
])('a view that %s', async (_what, sql, expected) => {
  expect(await masked(sql)).toBe(expected);
});

test('a view over a view that copies a masked column is replaced, and the other masked at its output', async () => {
  const none: SourceMask = { ...email, expression: () => 'CAST(NULL AS STRING)' };
  expect(await masked('SELECT contact FROM nested', [none])).toBe(
    'SELECT contact FROM (SELECT guard_row.contact FROM (SELECT contact FROM (SELECT CAST(NULL AS STRING) AS contact FROM p.shop.contacts AS guard_row) AS contacts\n) AS guard_row) AS nested',
  );
});

test('a masked field of a record that a view copies is masked at its output', async () => {
  const city: SourceMask = {
    table: customers,
    path: ['address', 'city'],
    expression: () => 'CAST(NULL AS STRING)',
  };
  expect(await masked('SELECT address FROM contacts', [city])).toContain(
    'STRUCT(guard_row.address.street AS street',
  );
});

test('a mask of a column of a view may drop what the column was made of', async () => {
  const mail: SourceMask = {
    table: { project: 'p', dataset: 'shop', name: 'buyers' },
    path: ['mail'],
    expression: () => 'CAST(NULL AS STRING)',
  };
  expect(await masked('SELECT mail FROM buyers WHERE mail IS NULL', [mail])).toBe(
    'SELECT mail FROM (SELECT CAST(NULL AS STRING) AS mail FROM buyers AS guard_row) AS buyers WHERE mail IS NULL',
  );
});

test('a trusted view may read a masked table', async () => {
  const analysis = await look('SELECT id FROM buyers');
  const trusted = [{ project: 'p', dataset: 'shop', name: 'buyers' }];
  const { text } = await maskSources(analysis, [{ ...email, trusted }]);
  expect(text).toBe('SELECT id FROM buyers');
});

test('a mask of another type is refused', async () => {
  const wrong: SourceMask = { ...email, expression: () => 'CAST(NULL AS INT64)' };
  await expect(masked('SELECT email FROM customers', [wrong])).rejects.toMatchObject({
    code: 'ERR_SQL_UNPROVEN',
  });
});

test('a mask that reads a column of its own accord is refused', async () => {
  const wrong: SourceMask = { ...email, expression: () => 'guard_row.name' };
  await expect(masked('SELECT email FROM customers', [wrong])).rejects.toMatchObject({
    code: 'ERR_SQL_UNPROVEN',
  });
});

test('a mask may read a key from a table of its own', async () => {
  const keyed: SourceMask = {
    ...email,
    expression: (sql) => `CONCAT(${sql}, (SELECT MAX(name) FROM p.hr.staff))`,
  };
  const { facts } = await analyse(await masked('SELECT email FROM customers', [keyed]), shopOptions);
  expect(facts.tables.map((table) => table.name.name)).toEqual(['staff', 'customers']);
});

test('places in the rewritten text are found again in the original', async () => {
  const sql = 'SELECT id,\n\tnothing(email)\nFROM customers AS c\nWHERE c.id = 1';
  const { text, positions } = await maskSources(await look(sql), [email]);
  const at = text.indexOf('c.id = 1');
  expect(positions.toOriginal(at)).toBe(sql.indexOf('c.id = 1'));
  expect(positions.toRewritten(sql.indexOf('c.id = 1'))).toBe(at);
  expect(positions.originalPosition({ line: 2, column: 9 })).toEqual({ line: 2, column: 9 });
  expect(positions.originalPosition({ line: 4, column: 7 })).toEqual({ line: 4, column: 7 });
});

test('a column without a mask passes bare, so that a filter on it prunes as before', async () => {
  expect(await masked("SELECT email FROM customers WHERE created >= TIMESTAMP '2024-01-01'")).toBe(
    `SELECT email FROM (SELECT ${hashed}, guard_row.created FROM customers AS guard_row) AS customers WHERE created >= TIMESTAMP '2024-01-01'`,
  );
});

test('a table of ten thousand columns is masked, and one column of it alone', async () => {
  const columns = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`column_${index}`, 'STRING']),
  );
  const catalog = staticCatalog({ tables: [{ name: 'p.shop.wide', columns }] });
  const options = { catalog, project: 'p' };
  const secret: SourceMask = {
    table: { project: 'p', dataset: 'shop', name: 'wide' },
    path: ['column_9999'],
    expression: () => 'CAST(NULL AS STRING)',
  };
  const all = await maskSources(await analyse('SELECT * FROM shop.wide', options), [secret]);
  expect(all.text.match(/guard_row\.column_/g)).toHaveLength(9_999);
  expect(all.text).toContain('CAST(NULL AS STRING) AS column_9999');
  const each = Object.keys(columns).map((column) => ({ ...secret, path: [column] }));
  expect((await maskSources(await analyse('SELECT * FROM shop.wide', options), each)).text).not.toContain(
    'guard_row.column_',
  );
  const one = await maskSources(await analyse('SELECT column_9999 FROM shop.wide', options), [secret]);
  expect(one.text).toBe(
    'SELECT column_9999 FROM (SELECT CAST(NULL AS STRING) AS column_9999 FROM shop.wide AS guard_row) AS wide',
  );
}, 30_000);

test('a text that would hold up the event loop is not masked', async () => {
  const text = `SELECT email FROM customers /* ${'x'.repeat(100_000)} */`;
  await expect(masked(text)).rejects.toMatchObject({
    code: 'ERR_SQL_UNPROVEN',
    message: expect.stringMatching(/more than 100000 characters/),
  });
});
