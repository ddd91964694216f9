// Open Policy Agent decides beside the rules of the guard; it can only narrow what they allow.
// Run it: node examples/opa.ts. With OPA itself, see examples/opa.rego, set OPA_URL=http://127.0.0.1:8181

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { compose } from '../src/call/compose.ts';
import { createContext } from '../src/call/context.ts';
import { fromHttpRequest } from '../src/call/normalise.ts';
import { isGuardError } from '../src/errors.ts';
import { opa, jobRegistry, policy, type Result } from '../src/middleware/index.ts';
import { staticCatalog } from '../src/sql/index.ts';

/** Answers as OPA does with examples/opa.rego. */
const standIn = createServer((request, response) => {
  void json(request).then((body) => {
    const isShop = JSON.stringify(body).includes('"dataset":"shop"');
    const result = isShop
      ? { effect: 'allow', rules: ['shop'] }
      : { effect: 'deny', reason: 'Nothing lets this call pass.' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
  });
});

async function standInUrl(): Promise<string> {
  await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
  const address = standIn.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const url = process.env['OPA_URL'] ?? (await standInUrl());
const engine = opa({ url: `${url}/v1/data/guard/decision` });

/** Stands for BigQuery here. */
const transport = (): Promise<Result> => Promise.resolve({ status: 200, body: {}, headers: {} });

const layer = policy({
  document: {
    version: 1,
    project: 'acme',
    people: {},
    tags: {},
    // The rules leave everything to the engine.
    rules: [{ name: 'everything', effect: 'allow' }],
    masks: [],
    limits: [],
  },
  engines: [engine],
  jobs: jobRegistry(),
  catalog: () =>
    staticCatalog({
      tables: [
        { name: 'acme.shop.orders', columns: { id: 'INT64', total: 'NUMERIC' } },
        { name: 'acme.hr.salaries', columns: { id: 'INT64', pay: 'NUMERIC' } },
      ],
    }),
  native: () => ({
    dataset: () => Promise.resolve(undefined),
    tables: () => Promise.resolve(undefined),
    hasRowAccessPolicies: () => Promise.resolve(false),
  }),
});

const handle = compose([layer], transport);

async function ask(query: string): Promise<void> {
  const call = fromHttpRequest({
    method: 'POST',
    url: '/bigquery/v2/projects/acme/queries',
    body: { query, useLegacySql: false },
  });
  const context = createContext({
    principal: { id: 'shop-agent', groups: ['agents'], delegation: [], verified: true },
    signal: new AbortController().signal,
    now: () => new Date(),
    upstream: transport,
  });
  console.log(query);
  try {
    await handle(call, context);
    console.log('  allowed');
  } catch (error) {
    if (!isGuardError(error)) throw error;
    console.log(
      `  ${error.guardCode}: ${error.reasons.map(({ rule, message }) => `${rule}: ${message}`).join(' ')}`,
    );
  }
}

await ask('SELECT id FROM shop.orders');
await ask('SELECT pay FROM hr.salaries');
standIn.close();
standIn.closeAllConnections();
await ask('SELECT id FROM shop.orders');
