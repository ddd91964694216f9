// The guard as a service: the agent has a token and no Google credential; the record lies with the service.
// Run it: node examples/remote.ts

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config/load-config.ts';
import { BigQuery, isGuardError, withContext } from '../src/index.ts';
import { startGuardService } from '../src/service/start-guard-service.ts';
import { startStandIn } from '../src/testing/index.ts';

// The side of the service. `bigquery-guard serve --config guard.yaml` does the same for a file.
const standIn = await startStandIn({
  project: 'acme',
  seed: {
    tables: { 'shop.orders': { rows: [{ id: 1, total: 9.5 }] }, 'hr.people': { rows: [{ name: 'Ada' }] } },
  },
});
const audit = await mkdtemp(join(tmpdir(), 'remote-'));
const token = randomBytes(32).toString('base64url');

const service = await startGuardService(
  parseConfig(`version: 1
project: acme
rules:
  - { name: agents-read-shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }
audit: { folder: ${JSON.stringify(audit)} }
service:
  tokens:
    - { fromEnv: SHOP_AGENT_TOKEN, agent: shop-bot, principal: { id: shop-agent, groups: [agents] } }
  upstream: { url: ${JSON.stringify(standIn.url)}, credentials: none } # left out for BigQuery itself
`),
  { environment: { SHOP_AGENT_TOKEN: token } },
);

// The side of the agent, usually in another process on another machine.
const bigquery = new BigQuery({ projectId: 'acme', guard: { remote: { url: service.url, token } } });

/** Whoever the agent says that it is, the service goes by the token. */
const asked = { principal: { id: 'somebody', groups: ['admins'] }, session: 'conversation-17' };

for (const question of ['SELECT SUM(total) AS total FROM shop.orders', 'SELECT name FROM hr.people']) {
  console.log(question);
  try {
    const [rows] = await withContext(asked, () => bigquery.query(question));
    console.log('  the agent saw:', JSON.stringify(rows));
  } catch (error) {
    if (!isGuardError(error)) throw error;
    console.log(`  the agent saw: ${error.code} ${error.guardCode}`);
  }
}

await service.close();
await standIn.close();

const file = (await readdir(audit)).find((name) => name.endsWith('.jsonl')) ?? '';
const events = (await readFile(join(audit, file), 'utf8')).trim().split('\n');
for (const event of events.map((line) => JSON.parse(line))) {
  if (!event.type.startsWith('call.')) continue;
  console.log(`the record holds: ${event.type} ${event.principal.id} ${event.agent.name} ${event.session}`);
}
await rm(audit, { recursive: true });
