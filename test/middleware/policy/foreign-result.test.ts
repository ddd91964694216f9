import { describe, expect, it } from 'vitest';
import { createContext } from '../../../src/call/context.ts';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { foreignResult } from '../../../src/middleware/policy/foreign-result.ts';

const policy = compilePolicy({
  version: 1,
  project: 'acme',
  people: {},
  tags: { pii: { columns: ['shop.customers.email'], tables: [], datasets: [] } },
  rules: [{ name: 'all', effect: 'allow' }],
  masks: [{ name: 'hide', tags: ['pii'], with: 'nullify', except: { ids: ['fraud'] } }],
  limits: [],
});

const refused = (id: string, url: string): string | undefined => {
  const context = createContext({
    principal: { id, groups: [], delegation: [], verified: true },
    signal: new AbortController().signal,
    now: () => new Date(0),
    upstream: () => Promise.reject(new TypeError('unused')),
  });
  return foreignResult(policy, fromHttpRequest({ method: 'GET', url }), context)?.rule;
};

describe('the result of a job that the guard did not start', () => {
  it.each([
    ['/bigquery/v2/projects/acme/queries/job_1', 'hide'],
    ['/bigquery/v2/projects/acme/datasets/_abc/tables/anon1/data', 'hide'],
    ['/bigquery/v2/projects/acme/datasets/shop/tables/orders/data', undefined],
    ['/bigquery/v2/projects/acme/jobs/job_1', undefined],
  ])('at %s is refused to whoever has masks: %s', (url, rule) => {
    expect(refused('agent', url)).toBe(rule);
    expect(refused('fraud', url)).toBe(undefined);
  });
});
