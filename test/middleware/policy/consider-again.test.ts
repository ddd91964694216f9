import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { considerAgain } from '../../../src/middleware/policy/consider-again.ts';
import { consider, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { PolicyDocument, Rule } from '../../../src/middleware/policy/document.ts';
import { asked, column, empty, readAll, table } from './harness.ts';

const daytime: Rule = { ...readAll, name: 'daytime', when: 'now < timestamp("2026-11-25T18:00:00Z")' };
const noQueries: Rule = {
  name: 'no-queries',
  effect: 'deny',
  when: 'call.operation == "jobs.query" && principal.groups.exists(g, g == "guests")',
};
const noMail: Rule = { name: 'no-mail', tags: ['pii'], except: { agents: ['reporter'] }, effect: 'deny' };
const masked: PolicyDocument['masks'] = [
  { name: 'hide', tags: ['pii'], with: 'nullify', except: { groups: ['fraud'] } },
];

const documents: readonly PolicyDocument[] = [
  { ...empty, rules: [readAll], masks: masked },
  { ...empty, rules: [readAll, noMail] },
  { ...empty, rules: [daytime, noMail] },
  { ...empty, rules: [readAll, noQueries] },
  { ...empty, rules: [readAll, { ...noQueries, mode: 'monitor' }] },
  { ...empty, rules: [] },
];
const policies = documents.map((document) => compilePolicy(document));

/** Mostly the same objects, so that what was decided before is met again and again. */
const changes: readonly Partial<DecisionRequest>[] = [
  {},
  { principal: { ...asked.principal } },
  { principal: { ...asked.principal, groups: ['fraud'] } },
  { principal: { ...asked.principal, groups: ['guests'] } },
  { agent: undefined },
  { session: { id: 's2' } },
  { call: { operation: 'jobs.insert', class: 'job', project: 'acme' } },
  { pairs: [table('shop', 'customers')] },
  { pairs: [table('shop', 'orders', 'write')] },
  { columns: [column('shop', 'customers', 'id')] },
  { columns: [] },
  { tables: [] },
  { native: new Map([['acme.shop.customers', ['rowAccessPolicy'] as const]]) },
  { account: 'agents@acme.iam.gserviceaccount.com' },
  { pending: 'facts' },
  { pending: 'cost' },
  { now: new Date('2026-11-25T20:00:00Z') },
];

const base: DecisionRequest = {
  ...asked,
  pairs: [table('shop', 'customers')],
  columns: [column('shop', 'customers', 'email')],
  tables: undefined,
  native: undefined,
  account: undefined,
  pending: undefined,
};

const requests = fc.array(
  fc
    .array(fc.constantFrom(...changes), { maxLength: 2 })
    .map((some): DecisionRequest => Object.assign({}, base, ...some)),
  { minLength: 2, maxLength: 60, size: 'max' },
);

describe('what was considered before', () => {
  it('is what would be considered now, whatever was asked in between', () => {
    fc.assert(
      fc.property(fc.constantFrom(...policies), requests, (policy, asking) => {
        for (const request of asking)
          expect(considerAgain(policy, request)).toEqual(consider(policy, request));
      }),
      { numRuns: 200 },
    );
  });

  it('is not worked out again for the same objects', () => {
    const [policy] = policies;
    if (policy === undefined) throw new Error('no policy');
    const request = { ...base, pairs: [table('shop', 'customers')] };
    const later = { ...request, now: new Date('2026-11-25T23:00:00Z') };
    expect(considerAgain(policy, later)).toBe(considerAgain(policy, request));
  });

  it('is worked out again where a condition had a part in it', () => {
    const policy = compilePolicy({ ...empty, rules: [daytime] });
    const request = { ...base, pairs: [table('shop', 'customers')] };
    const later = { ...request, now: new Date('2026-11-25T20:00:00Z') };
    expect(considerAgain(policy, request).decision.effect).toBe('allow');
    expect(considerAgain(policy, later).decision.effect).toBe('deny');
  });
});
