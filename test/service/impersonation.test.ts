import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import type { Service } from '../../src/service/service.ts';
import { startGuardService } from '../../src/service/start-guard-service.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';
import { startProtectedBackend, type ProtectedBackend } from '../guarded/protected-backend.ts';
import { startFakeIam, type FakeIam } from '../transport/fake-iam.ts';

/** The whole service: application default credentials from a file, a token for an account, and BigQuery's REST interface. */
const account = 'analysts@acme.iam.gserviceaccount.com';
let standIn: StandIn;
let backend: ProtectedBackend;
let iam: FakeIam;
let exchange: Server;
let folder: string;
let service: Service;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-'));
  standIn = await startStandIn({
    project: 'acme',
    seed: { datasets: ['shop'], statements: ['CREATE TABLE shop.protected (id INT64)'] },
  });
  backend = await startProtectedBackend(standIn.url, 'acme');
  iam = await startFakeIam();
  exchange = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const answer = { access_token: 'service-token', token_type: 'Bearer', expires_in: 3600 };
    response.end(
      JSON.stringify({ ...answer, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }),
    );
  });
  await new Promise<void>((resolve) => void exchange.listen(0, '127.0.0.1', resolve));
  const address = exchange.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await writeFile(join(folder, 'subject'), 'a token of this machine');
  const credentials = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `http://127.0.0.1:${port}/token`,
    credential_source: { file: join(folder, 'subject') },
  };
  await writeFile(join(folder, 'credentials.json'), JSON.stringify(credentials));
  process.env['GOOGLE_APPLICATION_CREDENTIALS'] = join(folder, 'credentials.json');
  // Else the library would ask Google for it.
  process.env['GOOGLE_CLOUD_PROJECT'] = 'acme';
  const config = parseConfig(`version: 1
project: acme
rules:
  - { name: shop, operations: [read], datasets: [shop], effect: allow }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
impersonate:
  accounts: [{ principals: { groups: [analysts] }, account: ${account} }]
  url: ${iam.url}
service:
  tokens:
    - { fromEnv: ANA, principal: { id: ana, groups: [analysts] } }
    - { fromEnv: BOB, principal: { id: bob } }
  upstream: { url: ${backend.url} }
`);
  const environment = { ANA: 'token-of-ana', BOB: 'token-of-bob' };
  service = await startGuardService(config, { environment });
}, 60_000);

afterAll(async () => {
  delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
  delete process.env['GOOGLE_CLOUD_PROJECT'];
  await service.close();
  await Promise.all([backend.close(), iam.close(), standIn.close()]);
  await new Promise((resolve) => void exchange.close(resolve));
  await rm(folder, { recursive: true });
});

async function ask(token: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${service.url}/bigquery/v2/projects/acme/queries`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'SELECT id FROM shop.protected', useLegacySql: false }),
  });
  return { status: answer.status, text: await answer.text() };
}

it('the service runs a caller under its account, and closes to others what BigQuery protects', async () => {
  expect((await ask('token-of-ana')).status).toBe(200);
  expect(backend.requests).toEqual([
    'GET datasets/shop/tables/protected as service-token',
    `POST queries as ${account}#1`,
  ]);
  const { status, text } = await ask('token-of-bob');
  expect([status, text.includes('nativePolicies')]).toEqual([403, true]);
  expect(backend.requests.filter((line) => line.startsWith('POST'))).toEqual([
    `POST queries as ${account}#1`,
  ]);
  expect(iam.requests[0]?.authorization).toBe('Bearer service-token');
  expect(JSON.stringify(backend.requests)).not.toContain('token-of');
});
