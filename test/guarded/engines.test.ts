import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

let folder: string;
let guard: Guard | undefined;
let fake: FakeBigQuery;
let server: Server;
let says: (authorization: string | undefined) => unknown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
  fake = await fakeBigQuery({
    project: 'acme',
    queries: [{ match: /SELECT 1/, schema: [{ name: 'one', type: 'INTEGER' }], rows: [{ one: 1 }] }],
  });
  server = createServer((request, response) => {
    response.end(JSON.stringify({ result: says(request.headers.authorization) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await guard?.close();
  await fake.close();
  server.close();
  await rm(folder, { recursive: true });
});

const url = (): string => {
  const address: AddressInfo | string | null = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1/data/guard/decision`;
};

async function ask(engines: string): Promise<string> {
  const file = join(folder, 'guard.yaml');
  await writeFile(
    file,
    `version: 1
project: acme
rules: [{ name: all, operations: [read], effect: allow }]
engines: ${engines}
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`,
  );
  const config = await loadConfig(file, undefined);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: { OPA_TOKEN: 'secret' } }),
  });
  const bigquery = new BigQuery({ ...fake.clientOptions, guard });
  return bigquery.query('SELECT 1 AS one').then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

describe('engines in guard.yaml', () => {
  it('decide beside the rules, with their token', async () => {
    says = (authorization) => authorization === 'Bearer secret';
    expect(await ask(`{ company: { opa: '${url()}', tokenFromEnv: OPA_TOKEN } }`)).toBe('allowed');
    expect(await ask(`{ company: { opa: '${url()}' } }`)).toContain('company');
  });

  it('deny while they are down', async () => {
    const gone = url();
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(`{ company: { opa: '${gone}' } }`)).toContain('company: ');
    expect(fake.requests.filter(({ path }) => path.includes('/queries'))).toEqual([]);
  });

  it('read policies of Cedar beside the file', async () => {
    await writeFile(join(folder, 'shop.cedar'), 'permit (principal, action, resource);');
    await writeFile(join(folder, 'none.cedar'), 'forbid (principal, action, resource);');
    expect(await ask('{ shop: { cedar: shop.cedar } }')).toBe('allowed');
    expect(await ask('{ shop: { cedar: shop.cedar }, none: { cedar: none.cedar } }')).toContain('none');
  });

  it.each([
    ['{ company: { opa: "http://127.0.0.1:1/", tokenFromEnv: NOT_SET } }', 'engines.company.tokenFromEnv'],
    ['{ shop: { cedar: nowhere.cedar } }', 'The policies of the engine shop cannot be read'],
    ['{ company: { opa: "ftp://a" } }', 'engines.company'],
    ['{ company: {} }', 'engines.company'],
  ])('are refused when they cannot be used: %s', async (engines, message) => {
    await expect(ask(engines)).rejects.toThrow(message);
  });
});
