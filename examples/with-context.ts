// For whom, by which agent, in which session and on which prompt: the record holds it for every call.
// Run it: node examples/with-context.ts

import { BigQuery, createGuard, withContext } from '../src/index.ts';
import { audit } from '../src/middleware/index.ts';
import { fakeBigQuery, memoryAudit } from '../src/testing/index.ts';

const fake = await fakeBigQuery({
  queries: [{ match: /from shop\.orders/i, rows: [{ orders: 3 }] }],
});

const record = memoryAudit();
const guard = createGuard({
  middleware: [audit({ store: record, prompts: 'full' })],
  principal: 'nightly-job', // for calls outside of withContext
});
const bigquery = new BigQuery({ ...fake.clientOptions, guard });

/** Deep inside the agent; it knows nothing of who asks. */
async function countOrders(): Promise<void> {
  await bigquery.query('SELECT COUNT(*) AS orders FROM shop.orders');
}

await countOrders();

await withContext(
  {
    principal: { id: 'ana@acme.io', groups: ['sales'] },
    agent: { name: 'analyst', model: 'some-model-1' },
    session: 'conversation-17',
    prompt: 'How many orders do we have?',
  },
  async () => {
    await countOrders();
    // What is stated inside joins what is stated outside.
    await withContext({ prompt: 'And again, please.' }, countOrders);
  },
);

await guard.close();
for (const event of record.events()) {
  const { principal, agent, session } = event;
  const who = `${principal?.id}, agent ${agent?.name ?? 'none'}, session ${session ?? 'none'}`;
  if (event.type === 'prompt.recorded') console.log(`prompt: ${event.data.prompt.text}`);
  if (event.type === 'call.started') console.log(`call of ${who}`);
}

await fake.close();
