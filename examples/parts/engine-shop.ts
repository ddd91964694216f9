// What the examples of policy engines share: a shop whose rules leave everything to the engine.

import { compose } from '../../src/call/compose.ts';
import { createContext } from '../../src/call/context.ts';
import { fromHttpRequest } from '../../src/call/normalise.ts';
import { isGuardError } from '../../src/errors.ts';
import { jobRegistry, policy, type Policy, type Result } from '../../src/middleware/index.ts';
import { staticCatalog } from '../../src/sql/index.ts';

/** Stands for BigQuery here. */
const transport = (): Promise<Result> => Promise.resolve({ status: 200, body: {}, headers: {} });

/** Asks as an agent of the shop, with this engine beside the rules, and prints what comes of it. */
export function shopWith(engine: Policy): (query: string) => Promise<void> {
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

  return async (query) => {
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
  };
}
