import { expect, test } from 'vitest';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { Catalog, CatalogTable } from '../../../src/sql/index.ts';
import { shop } from '../shop.ts';

const settings = { project: 'p', defaultDataset: { project: 'p', dataset: 'shop' } };

interface Counted extends Catalog {
  readonly asked: string[];
}

function counting(catalog: Catalog): Counted {
  const asked: string[] = [];
  return {
    asked,
    table(name, signal) {
      asked.push(name.name);
      return catalog.table(name, signal);
    },
    routine: (name, signal) => catalog.routine(name, signal),
  };
}

test('each table is asked for once, and common tables and arrays never', async () => {
  const catalog = counting(shop);
  await analyse(
    'WITH a AS (SELECT * FROM customers) SELECT a.id FROM a, a.tags t, customers c JOIN orders o USING (id)',
    { catalog, ...settings },
  );
  expect(catalog.asked.toSorted()).toEqual(['customers', 'orders']);
});

test('a text seen before gives the same analysis after asking whether its tables are as they were', async () => {
  const catalog = counting(shop);
  const first = await analyse('SELECT id FROM customers', { catalog, ...settings });
  const second = await analyse('SELECT id FROM customers', { catalog, ...settings });
  expect(second).toBe(first);
  expect(catalog.asked).toEqual(['customers', 'customers']);
});

test('a table that changed is analysed anew', async () => {
  let columns: Record<string, string> = { id: 'INT64' };
  const catalog: Catalog = {
    table: (name) => staticCatalog({ tables: [{ name: 'p.shop.t', columns }] }).table(name),
    routine: () => Promise.resolve(undefined),
  };
  const before = await analyse('SELECT * FROM t', { catalog, ...settings });
  columns = { id: 'INT64', email: 'STRING' };
  const after = await analyse('SELECT * FROM t', { catalog, ...settings });
  expect([before, after].map(({ facts }) => facts.outputs.map((output) => output.name))).toEqual([
    ['id'],
    ['id', 'email'],
  ]);
});

test('the same text in another dataset is another analysis', async () => {
  const { facts } = await analyse('SELECT name FROM staff', {
    catalog: shop,
    project: 'p',
    defaultDataset: { project: 'p', dataset: 'hr' },
  });
  const other = await analyse('SELECT name FROM staff', { catalog: shop, ...settings });
  expect([facts.gaps.length, other.facts.gaps.map((gap) => gap.code)]).toEqual([0, ['unknown-table']]);
});

// What a catalog of another make might answer.
const nonsense: CatalogTable = JSON.parse('{"name":{},"columns":"none"}');

test.each([
  ['fails', (): Promise<undefined> => Promise.reject(new Error('secret words')), ''],
  ['answers nonsense', (): Promise<CatalogTable> => Promise.resolve(nonsense), ': its answer makes no sense'],
])('a catalog that %s is a gap, and is asked again', async (_what, table, why) => {
  const catalog: Catalog = { table, routine: () => Promise.resolve(undefined) };
  const { facts } = await analyse('SELECT id FROM customers', { catalog, ...settings });
  expect(facts.gaps).toEqual([
    {
      code: 'catalog',
      message: `p.shop.customers could not be read from the catalog${why}`,
      range: { start: 15, end: 24 },
    },
  ]);
  expect(facts.tables.map((each) => each.name.name)).toEqual(['customers']);
});

test('an abort ends the analysis', async () => {
  const controller = new AbortController();
  const catalog: Catalog = {
    table: () => {
      controller.abort(new Error('enough'));
      return new Promise(() => undefined);
    },
    routine: () => Promise.resolve(undefined),
  };
  await expect(
    analyse('SELECT id FROM customers', { catalog, ...settings, signal: controller.signal }),
  ).rejects.toThrow('enough');
});

test('a name in another letter case is not the table', async () => {
  const { facts } = await analyse('SELECT ID FROM Customers', { catalog: shop, ...settings });
  expect(facts.gaps.map((gap) => gap.code)).toEqual(['unknown-table']);
});

test('where letter case does not count, the table has the name that the catalog gives it', async () => {
  const catalog = staticCatalog({
    caseInsensitive: true,
    tables: [{ name: 'p.shop.Customers', columns: { id: 'INT64' } }],
  });
  const { facts } = await analyse('SELECT id FROM SHOP.customers', { catalog, ...settings });
  expect(facts.columns).toEqual([
    { table: { project: 'p', dataset: 'shop', name: 'Customers' }, path: ['id'] },
  ]);
});

test('where letter case does not count, it does not count for the tables of a wildcard', async () => {
  const catalog = staticCatalog({
    caseInsensitive: true,
    tables: [{ name: 'p.shop.Events_1', columns: { id: 'INT64' } }],
  });
  const { facts } = await analyse('SELECT id FROM `shop.EVENTS_*`', { catalog, ...settings });
  expect(facts.gaps).toEqual([]);
});

test.each(['ARRAY<', 'STRUCT<a INT64', 'STRUCT<a>', '', 'INT64>', 'NUMERIC(10', 'STRUCT<`a INT64>'])(
  'the column type %j is refused',
  (type) => {
    expect(() => staticCatalog({ tables: [{ name: 'p.d.t', columns: { a: type } }] })).toThrow(TypeError);
  },
);

test('types of a static catalog may have the names of REST, and are known by those of GoogleSQL', async () => {
  const written = staticCatalog({
    tables: [
      {
        name: 'p.d.t',
        columns: [
          { name: 'a', type: 'INTEGER' },
          { name: 'b', type: 'ARRAY<FLOAT>' },
          { name: 'c', type: 'BOOLEAN', mode: 'REQUIRED' },
        ],
      },
    ],
  });
  const { facts } = await analyse('SELECT a, b, c FROM d.t', { catalog: written, project: 'p' });
  expect(facts.outputs.map(({ type }) => type)).toEqual(['INT64', 'ARRAY<FLOAT64>', 'BOOL']);
  const table = await written.table({ project: 'p', dataset: 'd', name: 't' });
  expect(table?.columns.map(({ type }) => type)).toEqual(['INT64', 'FLOAT64', 'BOOL']);
});
