import type { AccessPair } from '../../../src/middleware/policy/access.ts';
import type { DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { PolicyDocument, Rule } from '../../../src/middleware/policy/document.ts';
import type { ColumnSource } from '../../../src/sql/facts.ts';

export const empty: PolicyDocument = {
  version: 1,
  project: 'acme',
  people: { owners: { members: [{ id: 'ana', keys: [] }] } },
  tags: {
    pii: { columns: ['shop.customers.email'], tables: [], datasets: [] },
    restricted: { columns: [], tables: [], datasets: ['hr'] },
  },
  rules: [],
  masks: [],
  limits: [],
};

export const readAll: Rule = { name: 'read-all', operations: ['read'], effect: 'allow' };

export const table = (
  dataset: string,
  name: string,
  operation: AccessPair['operation'] = 'read',
): AccessPair => ({
  operation,
  method: 'jobs.query',
  object: { kind: 'table', project: 'acme', dataset, table: name },
});

export const column = (dataset: string, name: string, ...path: string[]): ColumnSource => ({
  table: { project: 'acme', dataset, name },
  path,
});

/** One principal reads the e-mail addresses of the shop's customers. */
export const asked: DecisionRequest = {
  principal: { id: 'agent-a', groups: ['agents'], delegation: ['ana'], verified: true },
  agent: { name: 'reporter' },
  session: { id: 's1' },
  call: { operation: 'jobs.query', class: 'read', project: 'acme' },
  pairs: [table('shop', 'customers')],
  columns: [column('shop', 'customers', 'email')],
  now: new Date('2026-11-25T10:00:00Z'),
};
