// How to unit-test an agent: canned rows, an approver who answers at once, a record in memory, time that stands still.
// Run it: node examples/fake-bigquery.ts

import assert from 'node:assert/strict';
import { BigQuery, createGuard } from '../src/index.ts';
import { approval, audit, jobRegistry, policy } from '../src/middleware/index.ts';
import { staticCatalog } from '../src/sql/index.ts';
import { fakeBigQuery, fixedClock, instantApprovals, memoryAudit } from '../src/testing/index.ts';

/** The agent under test. */
async function voidOrder(bigquery: BigQuery, id: number): Promise<void> {
  await bigquery.query({ query: `UPDATE shop.orders SET status = 'void' WHERE id = @id`, params: { id } });
}

const clock = fixedClock('2026-01-31T12:00:00Z');
const record = memoryAudit();
const ana = instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' });

const fake = await fakeBigQuery({
  project: 'acme',
  queries: [
    {
      match: /^update shop\.orders/i,
      statementType: 'UPDATE',
      dml: { insertedRowCount: 0, updatedRowCount: 1, deletedRowCount: 0 },
    },
  ],
});

const guard = createGuard({
  principal: { id: 'shop-agent', groups: ['agents'] },
  now: clock.now,
  middleware: [
    audit({ store: record, now: clock.now }),
    policy({
      native: () => ({
        dataset: () => Promise.resolve(undefined),
        tables: () => Promise.resolve(undefined),
        hasRowAccessPolicies: () => Promise.resolve(false),
      }),
      jobs: jobRegistry(),
      catalog: () =>
        staticCatalog({ tables: [{ name: 'acme.shop.orders', columns: { id: 'INT64', status: 'STRING' } }] }),
      document: {
        version: 1,
        project: 'acme',
        people: { owners: { members: [{ id: 'ana@acme.io', keys: [] }] } },
        tags: {},
        rules: [
          { name: 'read-shop', operations: ['read'], datasets: ['shop'], effect: 'allow' },
          {
            name: 'writes-need-a-person',
            operations: ['write'],
            datasets: ['shop'],
            effect: 'require-approval',
            approval: { from: ['owners'], quorum: 1, expiresInMs: 60_000 },
          },
        ],
        masks: [],
        limits: [],
      },
    }),
    approval({ people: [], channels: [ana] }),
  ],
});
const bigquery = new BigQuery({ ...fake.clientOptions, guard });

await voidOrder(bigquery, 17);
clock.advance(60_000);
await voidOrder(bigquery, 18);

// Ana was asked each time: an approval is good for one call only.
assert.deepEqual(
  ana.notices.map(({ statement }) => statement?.sql),
  Array.from({ length: 2 }, () => `UPDATE shop.orders SET status = 'void' WHERE id = @id`),
);
// BigQuery got exactly two statements, as jobs under ids that are on record.
const asked = fake.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs'));
assert.equal(asked.length, 2);

for (const { time, type } of record.events()) {
  if (type.startsWith('approval.')) console.log(time, type);
}

await guard.close();
await fake.close();
