import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import { explainRules } from '../../../src/middleware/policy/explain-rules.ts';
import type { PolicyDocument, Rule, RuleException } from '../../../src/middleware/policy/document.ts';
import { reviewPolicy } from '../../../src/middleware/policy/review/review-policy.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { asked, column, empty, readAll, table } from './harness.ts';

const tags: PolicyDocument['tags'] = {
  pii: { columns: ['shop.customers.email'], tables: [], datasets: [] },
  closed: { columns: [], tables: ['shop.customers'], datasets: [] },
  labelled: { columns: [], tables: [], datasets: [], labels: { open: 'yes' } },
};

const reads = (name: string, ...columns: readonly string[]): Partial<DecisionRequest> => ({
  pairs: [table('shop', name)],
  columns: columns.map((path) => column('shop', name, path)),
});

const effectOf = (rules: readonly Rule[], request: Partial<DecisionRequest>): string =>
  decide(compilePolicy({ ...empty, tags, rules }), { ...asked, ...request }).effect;

const rule = { name: 'shop', datasets: ['shop'] } as const;

const covers = (except: RuleException, request: Partial<DecisionRequest>): boolean =>
  effectOf([{ ...rule, except, effect: 'allow' }], request) === 'allow';

const fires = (except: RuleException, request: Partial<DecisionRequest>, more: Partial<Rule> = {}): boolean =>
  effectOf([readAll, { ...rule, tags: more.tags, except, effect: 'deny' }], request) === 'deny';

const text = (except: string): string =>
  `version: 1\nproject: acme\naudit: { folder: a }\ntags: { pii: { columns: [shop.a.b] } }\nrules: [{ name: a, except: ${except}, effect: deny }]\n`;

describe('except of objects', () => {
  it.each<[RuleException, Partial<DecisionRequest>, boolean, boolean]>([
    [{ tables: ['shop.staff'] }, reads('orders'), true, true],
    [{ tables: ['shop.staff'] }, reads('staff'), false, false],
    [{ tables: ['shop.logs_2026*'] }, reads('logs_*'), false, true],
    [{ datasets: ['sh*'] }, reads('orders'), false, false],
    [{ datasets: ['hr'] }, reads('orders'), true, true],
    [{ columns: ['shop.customers.EMAIL'] }, reads('customers', 'email'), false, false],
    [{ columns: ['**.email'] }, reads('customers', 'email', 'name'), false, true],
    [{ columns: ['shop.customers.email'] }, reads('customers', 'name'), true, true],
    [{ columns: ['shop.customers.email'] }, reads('customers'), true, true],
    [{ columns: ['shop.customers.email'] }, reads('orders', 'email'), true, true],
    [{ tags: ['pii'] }, reads('customers', 'email'), false, true],
    [{ tags: ['pii'] }, reads('customers', 'name'), true, true],
    [{ tags: ['closed'] }, reads('customers', 'name'), false, false],
    [{ ids: ['somebody'], tables: ['shop.staff'] }, reads('orders'), true, true],
    [{ groups: ['agents'], tables: ['shop.staff'] }, reads('orders'), false, false],
  ])('%j', (except, request, isCovered, isFired) => {
    expect([covers(except, request), fires(except, request)]).toEqual([isCovered, isFired]);
  });

  it('leaves other pairs of the call to the rule', () => {
    const request = { pairs: [table('shop', 'orders'), table('shop', 'staff')], columns: [] };
    const except = { tables: ['shop.staff'] };
    expect([covers(except, request), fires(except, request)]).toEqual([false, true]);
  });

  it('takes columns out of those for which a deny on tags fires', () => {
    const except = { columns: ['shop.customers.email'] };
    const more = { tags: ['pii'] };
    expect(fires({ columns: ['shop.customers.phone'] }, reads('customers', 'email', 'name'), more)).toBe(
      true,
    );
    expect(fires(except, reads('customers', 'email', 'name'), more)).toBe(false);
    expect(fires(except, reads('customers', 'email', 'name'), { tags: ['closed'] })).toBe(true);
  });

  it('neither denies nor opens for good what is not known yet', () => {
    const pending = 'facts';
    const unseen = { ...reads('customers'), pending } as const;
    expect(fires({ columns: ['shop.customers.email'] }, unseen)).toBe(false);
    expect(fires({ tags: ['labelled'] }, unseen)).toBe(false);
    expect(covers({ tags: ['labelled'] }, unseen)).toBe(true);
    expect(fires({ tags: ['labelled'] }, reads('customers'))).toBe(true);
  });

  it('asks nobody about what is taken out, and opens it by no approval', () => {
    const gate: Rule = {
      ...rule,
      except: { tables: ['shop.staff'] },
      effect: 'require-approval',
      approval: { from: ['owners'], quorum: 1, expiresInMs: 1000 },
    };
    expect([effectOf([gate], reads('orders')), effectOf([gate], reads('staff'))]).toEqual([
      'require-approval',
      'deny',
    ]);
    expect(effectOf([gate, readAll], reads('staff'))).toBe('allow');
  });

  it('is named by explain as what keeps a rule silent', () => {
    const rules: Rule[] = [{ ...rule, except: { tables: ['shop.customers'] }, effect: 'deny' }];
    expect(explainRules(compilePolicy({ ...empty, rules }), asked)).toMatchObject([
      { rule: 'shop', said: 'nothing', because: 'except' },
    ]);
  });

  it('is read from the file, where its tags and shape are checked', () => {
    expect(parseConfig(text('{ groups: [hr], tags: [pii] }')).policy.rules[0]?.except).toEqual({
      groups: ['hr'],
      tags: ['pii'],
    });
    expect(() => parseConfig(text('{ table: [shop.a] }'))).toThrow('Did you mean "tables"?');
    expect(() => compilePolicy(parseConfig(text('{ tags: [pi] }')).policy)).toThrow('tag pi in rule a');
    const { policy } = parseConfig(text('{ tables: [orders] }'));
    expect(reviewPolicy(policy).map(({ path, message }) => [path.join('.'), message])).toContainEqual([
      'rules.0.except.tables.0',
      'orders matches nothing. A table is written dataset.table.',
    ]);
  });

  it('that takes out all that the rule names is found by a review', () => {
    const rules: Rule[] = [{ ...rule, except: { datasets: ['sh*'] }, effect: 'deny' }];
    expect(reviewPolicy({ ...empty, rules }).map(({ message }) => message)).toContain(
      'Rule shop speaks about no object: its except takes out all of its datasets.',
    );
  });
});
