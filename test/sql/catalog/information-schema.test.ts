import { expect, test } from 'vitest';
import { analyse, informationSchemaCatalog, staticCatalog } from '../../../src/sql/index.ts';
import type { RunQuery } from '../../../src/sql/index.ts';

const row = (part: string, item: object): object => ({ part, item: JSON.stringify(item) });
const inTable = { table_schema: 'shop', table_name: 'customers' };

const rows: readonly object[] = [
  row('table', { ...inTable, table_type: 'BASE TABLE', created: 5, ddl: null }),
  row('column', {
    ...inTable,
    column_name: 'home',
    ordinal_position: 2,
    is_nullable: 'YES',
    is_hidden: 'NO',
    data_type: 'ARRAY<STRUCT<city STRING, geo STRUCT<lat FLOAT64>>>',
    is_partitioning_column: 'NO',
    clustering_ordinal_position: null,
  }),
  row('column', {
    ...inTable,
    column_name: 'id',
    ordinal_position: 1,
    is_nullable: 'NO',
    is_hidden: 'NO',
    data_type: 'INT64',
    is_partitioning_column: 'NO',
    clustering_ordinal_position: 1,
  }),
  row('column', {
    ...inTable,
    column_name: '_PARTITIONTIME',
    ordinal_position: null,
    is_nullable: 'YES',
    is_hidden: 'YES',
    data_type: 'TIMESTAMP',
    is_partitioning_column: 'YES',
  }),
  row('field', { ...inTable, field_path: 'home.geo.lat', policy_tags: ['tag-1'] }),
  row('table', { table_schema: 'shop', table_name: 'cities', table_type: 'VIEW', created: 6 }),
  row('column', {
    table_schema: 'shop',
    table_name: 'cities',
    column_name: 'city',
    ordinal_position: 1,
    is_nullable: 'YES',
    is_hidden: 'NO',
    data_type: 'STRING',
  }),
  row('view', {
    table_schema: 'shop',
    table_name: 'cities',
    view_definition: 'SELECT h.city FROM shop.customers, UNNEST(home) AS h',
    use_standard_sql: 'YES',
  }),
  row('table', {
    table_schema: 'shop',
    table_name: 'sums',
    table_type: 'MATERIALIZED VIEW',
    created: 7,
    ddl: 'CREATE MATERIALIZED VIEW `p.shop.sums` AS SELECT COUNT(id) AS n FROM p.shop.customers;',
  }),
  row('column', {
    table_schema: 'shop',
    table_name: 'sums',
    column_name: 'n',
    ordinal_position: 1,
    is_nullable: 'YES',
    is_hidden: 'NO',
    data_type: 'INT64',
  }),
  row('table', { table_schema: 'shop', table_name: 'odd', table_type: 'HOLOGRAM', created: 7 }),
  row('routine', {
    routine_schema: 'shop',
    routine_name: 'clean',
    routine_type: 'FUNCTION',
    routine_body: 'SQL',
    routine_definition: 'TRIM(x)',
    external_language: null,
  }),
  row('parameter', {
    specific_schema: 'shop',
    specific_name: 'clean',
    ordinal_position: 1,
    parameter_name: 'x',
    data_type: 'STRING',
  }),
  row('routine', {
    routine_schema: 'shop',
    routine_name: 'far',
    routine_type: 'FUNCTION',
    routine_body: 'EXTERNAL',
    routine_definition: null,
    external_language: null,
  }),
];

interface Fake {
  readonly run: RunQuery;
  readonly asked: string[];
}

function fake(answer: () => Promise<readonly unknown[]> = () => Promise.resolve(rows)): Fake {
  const asked: string[] = [];
  return {
    asked,
    run(sql) {
      asked.push(sql);
      return answer();
    },
  };
}

const named = (name: string) => ({ project: 'p', dataset: 'shop', name });

test('tables have their columns in order, types and policy tags down to the fields', async () => {
  const table = await informationSchemaCatalog(fake().run).table(named('customers'));
  expect(table).toEqual({
    name: named('customers'),
    kind: 'TABLE',
    columns: [
      { name: 'id', type: 'INT64', mode: 'REQUIRED' },
      {
        name: 'home',
        type: 'STRUCT',
        mode: 'REPEATED',
        fields: [
          { name: 'city', type: 'STRING', mode: 'NULLABLE' },
          {
            name: 'geo',
            type: 'STRUCT',
            mode: 'NULLABLE',
            fields: [{ name: 'lat', type: 'FLOAT64', mode: 'NULLABLE', policyTags: ['tag-1'] }],
          },
        ],
      },
    ],
    pseudoColumns: [{ name: '_PARTITIONTIME', type: 'TIMESTAMP', mode: 'NULLABLE' }],
    clusterColumns: ['id'],
    etag: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('views, materialised views and routines are followed', async () => {
  const { run, asked } = fake();
  const { facts } = await analyse(
    'SELECT shop.clean(city) AS c, n, shop.far(n) AS f FROM shop.cities, shop.sums',
    {
      catalog: informationSchemaCatalog(run),
      project: 'p',
    },
  );
  expect([facts.gaps, facts.tables.map((each) => each.name.name), facts.flags.external]).toEqual([
    [],
    ['cities', 'customers', 'customers', 'sums'],
    true,
  ]);
  expect(asked.length).toBe(1);
});

test('one query is enough for a dataset, and in a region for all of a project', async () => {
  const { run, asked } = fake();
  const dataset = informationSchemaCatalog(run);
  await Promise.all(['customers', 'cities', 'nothing'].map((name) => dataset.table(named(name))));
  await dataset.routine(named('clean'));
  await dataset.table({ ...named('x'), dataset: 'other' });
  const region = informationSchemaCatalog(run, { region: 'eu' });
  await region.table(named('customers'));
  await region.table({ ...named('x'), dataset: 'other' });
  expect(asked.map((sql) => /FROM (\S+)\.INFORMATION_SCHEMA/.exec(sql)?.[1])).toEqual([
    '`p`.`shop`',
    '`p`.`other`',
    '`p`.`region-eu`',
  ]);
});

test('the query is one that the analysis understands, over INFORMATION_SCHEMA alone', async () => {
  const { run, asked } = fake();
  await informationSchemaCatalog(run).table(named('customers'));
  const { facts } = await analyse(asked[0] ?? '', { catalog: staticCatalog({ tables: [] }), project: 'p' });
  expect([facts.kind, facts.gaps, new Set(facts.tables.map((each) => each.kind))]).toEqual([
    'SELECT',
    [],
    new Set(['informationSchema']),
  ]);
});

test('a description is asked for again when it is old, and what is as before has the same etag', async () => {
  let now = 0;
  const { run, asked } = fake();
  const catalog = informationSchemaCatalog(run, { maxAge: 10, now: () => now });
  const first = await catalog.table(named('customers'));
  expect(await catalog.table(named('customers'))).toBe(first);
  now = 11;
  const second = await catalog.table(named('customers'));
  expect([second?.etag, asked.length]).toEqual([first?.etag, 2]);
});

test('what is not described is not there, and a wildcard is the latest table of its prefix', async () => {
  const catalog = informationSchemaCatalog(fake().run);
  expect([await catalog.table(named('nothing')), await catalog.routine(named('customers'))]).toEqual([
    undefined,
    undefined,
  ]);
  expect((await catalog.table(named('cust*')))?.columns.map((each) => each.name)).toEqual(['id', 'home']);
  expect(await catalog.table(named('cit*'))).toBe(undefined);
});

test('an odd table is an error of its own, and harms no other', async () => {
  const catalog = informationSchemaCatalog(fake().run);
  await expect(catalog.table(named('odd'))).rejects.toThrow('unknown type');
  expect((await catalog.table(named('customers')))?.kind).toBe('TABLE');
});

test.each<readonly [string, readonly unknown[]]>([
  ['null', [null]],
  ['another form', [{ table_name: 'customers' }]],
  ['an unknown part', [row('secret', inTable)]],
  ['an item that is no JSON', [{ part: 'table', item: '{' }]],
  ['no name', [row('table', { table_type: 'VIEW' })]],
])('rows that are %s are an error, and are not kept', async (_what, answer) => {
  let bad = true;
  const { run } = fake(() => Promise.resolve(bad ? answer : rows));
  const catalog = informationSchemaCatalog(run);
  await expect(catalog.table(named('customers'))).rejects.toThrow(/INFORMATION_SCHEMA|JSON/);
  bad = false;
  expect((await catalog.table(named('customers')))?.kind).toBe('TABLE');
});

test('a query that never ends is given up', async () => {
  const { run } = fake(() => new Promise(() => undefined));
  await expect(informationSchemaCatalog(run, { timeout: 20 }).table(named('customers'))).rejects.toThrow(
    'over',
  );
});

test('a name never ends its quotes', async () => {
  const { run, asked } = fake();
  const catalog = informationSchemaCatalog(run);
  await expect(catalog.table({ ...named('x'), dataset: 'a`.b' })).rejects.toThrow(TypeError);
  expect(asked).toEqual([]);
});
