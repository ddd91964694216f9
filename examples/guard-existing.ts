// A client that exists already, made by code that knows nothing of the guard. What it had made before is guarded too.
// Run it: node examples/guard-existing.ts

import { BigQuery as OfficialBigQuery } from '@google-cloud/bigquery';
import { createGuard, guard, GuardError, isGuardError } from '../src/index.ts';
import { audit } from '../src/middleware/index.ts';
import { fakeBigQuery, memoryAudit } from '../src/testing/index.ts';
import type { Middleware } from '../src/index.ts';

const fake = await fakeBigQuery({ tables: { 'shop.products': { rows: [{ id: 1, name: 'lamp' }] } } });

// The client, and a table of it, come from elsewhere.
const client = new OfficialBigQuery(fake.clientOptions);
const products = client.dataset('shop').table('products');

const noDeletes: Middleware = {
  name: 'no-deletes',
  handle(call, _context, next) {
    if (!call.operation.endsWith('.delete')) return next(call);
    throw new GuardError('ERR_POLICY_DENIED', `${call.operation} is closed to agents.`, { callId: call.id });
  },
};

const record = memoryAudit();
const guarding = createGuard({ middleware: [audit({ store: record }), noDeletes] });
guard(client, guarding);

const [rows] = await products.getRows();
console.log('rows:', JSON.stringify(rows));

try {
  await products.delete();
} catch (error) {
  if (!isGuardError(error)) throw error;
  console.log(`refused: ${error.message}`);
}

await guarding.close();
for (const { sequence, type, data } of record.events()) {
  console.log(`${sequence} ${type} ${'operation' in data ? data.operation : ''}`.trimEnd());
}

await fake.close();
