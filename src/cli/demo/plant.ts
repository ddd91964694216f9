import { BigQuery } from '@google-cloud/bigquery';
import { clientOptions } from '../../testing/client-options.ts';
import type { Seed } from '../../testing/index.ts';

/** Fills an emulator of BigQuery with a seed, over its REST interface and without any credentials. */
export async function plant(url: string, project: string, seed: Seed): Promise<void> {
  const bigquery = new BigQuery(await clientOptions(project, url));
  for (const id of seed.datasets ?? []) await bigquery.createDataset(id);
  for (const [name, { schema = '', rows }] of Object.entries(seed.tables ?? {})) {
    const [dataset = '', id = ''] = name.split('.');
    if (typeof schema !== 'string') throw new TypeError(`The columns of ${name} are no text.`);
    const [table] = await bigquery.dataset(dataset).createTable(id, { schema });
    await table.insert(rows);
  }
  for (const sql of seed.statements ?? []) await bigquery.query(sql);
}
