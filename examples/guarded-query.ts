// A guard.yaml between an agent and BigQuery: one query passes, one comes back masked, one is refused.
// Run it: node examples/guarded-query.ts

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQuery, isGuardError } from '../src/index.ts';
import { startStandIn } from '../src/testing/index.ts';

// Stands for BigQuery here, with a small shop in it.
const standIn = await startStandIn({
  project: 'acme',
  seed: {
    tables: {
      'shop.customers': {
        rows: [
          { id: 1, name: 'Ada', email: 'ada@example.com' },
          { id: 2, name: 'Ben', email: 'ben@example.com' },
        ],
      },
      'hr.people': { rows: [{ name: 'Ada', salary: 70000 }] },
    },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'guarded-query-'));
const config = join(folder, 'guard.yaml');

await writeFile(
  config,
  `version: 1
project: acme
principal: { id: shop-agent, groups: [agents] }
tags:
  pii: { columns: [shop.customers.email] }
rules:
  - { name: agents-read-shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }
  - { name: no-hr, datasets: [hr], effect: deny, reason: HR data is closed to agents. }
masks:
  - { name: hide-mail, tags: [pii], with: emailMask }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`,
);

const bigquery = new BigQuery({ ...standIn.clientOptions, guard: { config } });

const questions = [
  'SELECT COUNT(*) AS customers FROM shop.customers',
  'SELECT name, email FROM shop.customers ORDER BY id',
  'SELECT name, salary FROM hr.people',
];

for (const question of questions) {
  console.log(question);
  try {
    const [rows] = await bigquery.query(question);
    console.log(' ', JSON.stringify(rows));
  } catch (error) {
    if (!isGuardError(error)) throw error;
    console.log(`  ${error.code} ${error.guardCode}: ${error.message}`);
  }
}

await standIn.close();
await rm(folder, { recursive: true });
