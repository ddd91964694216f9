import { analyse, staticCatalog } from '../../src/sql/index.ts';
import type { AnalyseOptions, Analysis, Catalog, ColumnSource, GapCode } from '../../src/sql/index.ts';

/** A small shop, with every shape of column and object that the tests need. */
export const shop: Catalog = staticCatalog({
  tables: [
    {
      name: 'p.shop.customers',
      columns: {
        id: 'INT64',
        name: 'STRING',
        email: 'STRING',
        country: 'STRING',
        address: 'STRUCT<street STRING, city STRING, geo STRUCT<lat FLOAT64, lng FLOAT64>>',
        tags: 'ARRAY<STRING>',
        created: 'TIMESTAMP',
      },
    },
    {
      name: 'p.shop.orders',
      columns: {
        id: 'INT64',
        customer_id: 'INT64',
        status: 'STRING',
        amount: 'NUMERIC',
        items: 'ARRAY<STRUCT<sku STRING, qty INT64>>',
        note: 'JSON',
      },
      pseudoColumns: [{ name: '_PARTITIONTIME', type: 'TIMESTAMP' }],
    },
    { name: 'p.hr.staff', columns: { id: 'INT64', name: 'STRING', salary: 'FLOAT64' } },
    { name: 'p.logs.events_20240101', columns: { user_id: 'INT64', kind: 'STRING' } },
    {
      name: 'p.shop.buyers',
      columns: { id: 'INT64', mail: 'STRING' },
      view: 'SELECT id, LOWER(email) AS mail FROM shop.customers WHERE country = "DE"',
    },
    {
      name: 'p.shop.contacts',
      columns: {
        id: 'INT64',
        contact: 'STRING',
        address: 'STRUCT<street STRING, city STRING, geo STRUCT<lat FLOAT64, lng FLOAT64>>',
        upper: 'STRING',
      },
      view: 'SELECT id, email AS contact, address, UPPER(name) AS upper FROM shop.customers',
    },
    { name: 'p.shop.nested', columns: { contact: 'STRING' }, view: 'SELECT contact FROM p.shop.contacts' },
    {
      name: 'p.shop.mine',
      columns: { id: 'INT64' },
      view: 'SELECT id FROM shop.customers WHERE email = SESSION_USER()',
    },
    {
      name: 'p.shop.renamed',
      columns: { who: 'INT64' },
      view: 'SELECT id FROM shop.customers WHERE email IS NULL',
    },
    {
      name: 'q.out.foreign',
      columns: { id: 'INT64' },
      view: 'SELECT id FROM p.shop.customers WHERE email IS NULL',
    },
    { name: 'p.shop.outer_view', columns: { mail: 'STRING' }, view: 'SELECT mail FROM p.shop.buyers' },
    { name: 'p.shop.itself', columns: { a: 'INT64' }, view: 'SELECT a FROM p.shop.itself' },
    { name: 'p.shop.old', columns: { a: 'INT64' }, view: { sql: 'SELECT a FROM [p:shop.x]', legacy: true } },
  ],
  routines: [
    { name: 'p.shop.clean', parameters: [{ name: 'x' }], body: 'TRIM(x)' },
    {
      name: 'p.shop.top_mail',
      parameters: [{ name: 'c' }],
      body: '(SELECT MAX(email) FROM shop.customers WHERE country = c)',
    },
    { name: 'p.shop.js', language: 'JAVASCRIPT', parameters: [{ name: 'x' }], body: 'return x' },
    { name: 'p.shop.loop', parameters: [{ name: 'x' }], body: 'shop.loop(x)' },
    {
      name: 'p.shop.mails',
      kind: 'TABLE_VALUED_FUNCTION',
      parameters: [{ name: 'c' }],
      body: 'SELECT email AS mail FROM shop.customers WHERE country = c',
    },
    {
      name: 'p.shop.archive',
      kind: 'PROCEDURE',
      parameters: [{ name: 'n' }],
      body: 'BEGIN DELETE FROM shop.orders WHERE id < n; END',
    },
  ],
});

export const shopOptions: AnalyseOptions = {
  catalog: shop,
  project: 'p',
  defaultDataset: { project: 'p', dataset: 'shop' },
};

export function look(sql: string): Promise<Analysis> {
  return analyse(sql, shopOptions);
}

/** `shop.customers.email`, as the tests write it. */
export function named({ table, path }: ColumnSource): string {
  return [table.dataset, table.name, ...path].filter((part) => part !== '').join('.');
}

/** What a statement is expected to do; only the fields given are compared. */
export interface Expected {
  readonly kind?: string;
  readonly tables?: readonly string[];
  readonly columns?: readonly string[];
  readonly outputs?: readonly (readonly [string, readonly string[]])[];
  readonly influences?: readonly string[];
  readonly writes?: readonly (readonly [string, readonly string[]])[];
  readonly gaps?: readonly GapCode[];
}

/** The facts in the words of `Expected`. */
export async function summary(sql: string): Promise<Required<Expected>> {
  const { facts } = await look(sql);
  return {
    kind: facts.kind,
    tables: facts.tables.map(
      ({ name, access }) =>
        `${[name.dataset, name.name].filter((part) => part !== '').join('.')} ${access.join('+')}`,
    ),
    columns: facts.columns.map(named),
    outputs: facts.outputs.map(({ name, sources }) => [name, sources.map(named)]),
    influences: facts.influences.map(named),
    writes: facts.statements.flatMap(({ writes }) =>
      writes.map(({ target, sources }): [string, string[]] => [named(target), sources.map(named)]),
    ),
    gaps: facts.gaps.map((gap) => gap.code),
  };
}
