// Cedar decides beside the rules of the guard, in this process; it can only narrow what they allow.
// Run it, with @cedar-policy/cedar-wasm installed: node examples/cedar.ts

import { compose } from '../src/call/compose.ts';
import { createContext } from '../src/call/context.ts';
import { fromHttpRequest } from '../src/call/normalise.ts';
import { isGuardError } from '../src/errors.ts';
import { cedar, jobRegistry, policy, type Result } from '../src/middleware/index.ts';
import { staticCatalog } from '../src/sql/index.ts';

const engine = await cedar({
  policies: `
    permit (principal in Guard::Group::"agents", action == Guard::Action::"read", resource in Guard::Dataset::"acme.shop");

    @id("stars")
    @reason("Name the columns that you need.")
    forbid (principal, action, resource) when { context.facts.selectsStar };
  `,
});

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
await ask('SELECT * FROM shop.orders');
await ask('SELECT pay FROM hr.salaries');
