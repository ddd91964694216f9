// What a query does, found without running it: over a catalog that is written down, and over one that a query fills.
// Run it: node examples/explain-query.ts

import { analyse, informationSchemaCatalog, staticCatalog } from '../src/sql/index.ts';
import type { Catalog, ColumnSource } from '../src/sql/index.ts';

const written = staticCatalog({
  tables: [
    { name: 'acme.shop.customers', columns: { id: 'INT64', email: 'STRING', country: 'STRING' } },
    {
      name: 'acme.shop.germans',
      columns: { email: 'STRING' },
      view: "SELECT email FROM shop.customers WHERE country = 'DE'",
    },
  ],
});

// Stands for `(await bigquery.query({ query }))[0]`: one query describes the whole dataset.
const queried = informationSchemaCatalog((query) => {
  console.log(`asked: ${query.split('\n')[0]?.slice(0, 40)}…`);
  return Promise.resolve(
    [
      ['table', { table_schema: 'shop', table_name: 'customers', table_type: 'BASE TABLE', created: 0 }],
      [
        'column',
        { table_schema: 'shop', table_name: 'customers', column_name: 'email', data_type: 'STRING' },
      ],
    ].map(([part, item]) => ({ part, item: JSON.stringify(item) })),
  );
});

const nameOf = ({ table, path }: ColumnSource): string => [table.dataset, table.name, ...path].join('.');

async function show(sql: string, catalog: Catalog): Promise<void> {
  const { facts } = await analyse(sql, { catalog, project: 'acme' });
  console.log(sql);
  for (const { name, sources } of facts.outputs)
    console.log(`  ${name} <- ${sources.map(nameOf).join(', ')}`);
  console.log(`  influenced by: ${facts.influences.map(nameOf).join(', ') || 'nothing'}`);
  for (const { code, message } of facts.gaps) console.log(`  gap ${code}: ${message}`);
}

await show('SELECT LOWER(email) AS mail FROM shop.germans', written);
await show('SELECT email FROM shop.customers', queried);
await show('SELECT email FROM shop.suppliers', queried);
