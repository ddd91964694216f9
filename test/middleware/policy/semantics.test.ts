import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { PolicyDocument, Rule } from '../../../src/middleware/policy/document.ts';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { CatalogTable } from '../../../src/sql/catalog.ts';
import { asked, column, empty, readAll, table } from './harness.ts';

const judge = (part: Partial<PolicyDocument>, more: Partial<DecisionRequest> = {}) =>
  decide(compilePolicy({ ...empty, ...part }), { ...asked, ...more });

const short = (part: Partial<PolicyDocument>, more: Partial<DecisionRequest> = {}): readonly unknown[] => {
  const made = judge(part, more);
  const reasons = made.effect === 'allow' ? [] : made.reasons.map(({ rule }) => rule);
  return [made.effect, ...made.rules, ...reasons.filter((rule) => !made.rules.includes(rule))];
};

const customers: CatalogTable = {
  name: { project: 'acme', dataset: 'shop', name: 'customers' },
  kind: 'TABLE',
  columns: [
    { name: 'id', type: 'INT64', mode: 'NULLABLE' },
    { name: 'email', type: 'STRING', mode: 'NULLABLE', policyTags: ['projects/p/policyTags/2'] },
  ],
  pseudoColumns: [],
  labels: { data_class: 'restricted' },
};

const tagged = (definition: Partial<PolicyDocument['tags'][string]>): PolicyDocument['tags'] => ({
  secret: { columns: [], tables: [], datasets: [], ...definition },
});

const noSecret: Rule = { name: 'no-secret', tags: ['secret'], effect: 'deny' };

describe('tags that BigQuery has', () => {
  it.each([
    ['the policy tag of a column', { policyTags: ['projects/p/policyTags/2'] }, { tables: [customers] }],
    ['a label of the table', { labels: { data_class: 'restricted' } }, { tables: [customers] }],
    [
      'a label of the dataset',
      { labels: { team: 'hr', other: 'x' } },
      { datasetLabels: new Map([['acme.shop', { team: 'hr' }]]) },
    ],
  ])('match by %s', (_what, definition, more) => {
    const accepting: Rule = { ...readAll, effect: 'allow', nativePolicies: 'accept' };
    expect(short({ tags: tagged(definition), rules: [accepting, noSecret] }, more)).toEqual([
      'deny',
      'no-secret',
    ]);
    expect(short({ tags: tagged(definition), rules: [accepting, noSecret] })).toEqual(['allow', 'read-all']);
  });

  it('keep an allow open while they are not known, and no longer', () => {
    const tags = tagged({ labels: { open: 'yes' } });
    const rules: Rule[] = [{ name: 'read-open', operations: ['read'], tags: ['secret'], effect: 'allow' }];
    expect(short({ tags, rules }, { pending: 'facts' })).toEqual(['allow', 'read-open']);
    expect(short({ tags, rules }, { tables: [customers] })).toEqual(['deny', 'default']);
  });

  it('are compared as text, whatever is in them', () => {
    const name = "x' OR 1=1; DROP TABLE shop.customers --";
    const tags = { [name]: { columns: ['shop.customers.email'], tables: [], datasets: [] } };
    const rules: Rule[] = [readAll, { name: 'odd', tags: [name], effect: 'deny' }];
    expect(short({ tags, rules })).toEqual(['deny', 'odd']);
  });
});

describe('protection of BigQuery’s own', () => {
  const accepting: Rule = { ...readAll, name: 'accepting', effect: 'allow', nativePolicies: 'accept' };

  it.each([
    ['a row access policy', { native: new Map([['acme.shop.customers', ['rowAccessPolicy'] as const]]) }],
    ['an authorized view', { native: new Map([['acme.shop.customers', ['authorizedView'] as const]]) }],
    ['what cannot be found out', { native: new Map([['acme.shop.customers', ['unknown'] as const]]) }],
    ['a policy tag', { tables: [customers] }],
  ])('by %s refuses, unless a rule accepts it or the principal itself runs the call', (_what, more) => {
    expect(short({ rules: [readAll] }, more)).toEqual(['deny', 'nativePolicies']);
    expect(judge({ rules: [readAll, accepting] }, more)).toMatchObject({
      effect: 'allow',
      nativePolicies: ['accepting'],
    });
    expect(short({ rules: [readAll] }, { ...more, account: 'agents@acme.iam.gserviceaccount.com' })).toEqual([
      'allow',
      'read-all',
    ]);
  });

  it('has to be accepted for every object that has some', () => {
    const native = new Map([
      ['acme.shop.customers', ['rowAccessPolicy'] as const],
      ['acme.shop.orders', ['rowAccessPolicy'] as const],
    ]);
    const one: Rule = { ...accepting, tables: ['shop.customers'] };
    const pairs = [table('shop', 'customers'), table('shop', 'orders')];
    expect(short({ rules: [readAll, one] }, { native, pairs })).toEqual(['deny', 'nativePolicies']);
  });

  it('does not matter for a column that is not read', () => {
    const columns = [column('shop', 'customers', 'id')];
    expect(short({ rules: [readAll] }, { tables: [customers], columns })).toEqual(['allow', 'read-all']);
  });

  it('by who asks counts for a query without tables too', async () => {
    const { facts } = await analyse('SELECT SESSION_USER()', {
      catalog: staticCatalog({ tables: [] }),
      project: 'acme',
    });
    const pairs = [{ operation: 'read', method: 'jobs.query', object: { kind: 'none' } }] as const;
    const more = { facts, pairs, columns: [] };
    const reading: Rule = { ...readAll, name: 'a-reader' };
    expect(short({ rules: [reading] }, more)).toEqual(['deny', 'nativePolicies']);
    expect(judge({ rules: [reading, accepting] }, more).effect).toBe('allow');
  });

  it('is named by its kind only', () => {
    const made = judge({ rules: [readAll] }, { tables: [customers] });
    expect(JSON.stringify(made)).not.toMatch(/email|customers|policyTags\/2/);
  });
});

describe('a column that nobody classified', () => {
  const columns = [column('shop', 'customers', 'name'), column('shop', 'customers', '_PARTITIONTIME')];

  it.each([
    ['allow', ['allow', 'read-all']],
    ['deny', ['deny', 'unclassified']],
    ['mask', ['allow', 'read-all']],
  ] as const)('with unclassified: %s gives %j', (unclassified, expected) => {
    expect(short({ rules: [readAll], unclassified }, { columns })).toEqual(expected);
  });

  it('is masked, but for what BigQuery adds to every table', () => {
    expect(judge({ rules: [readAll], unclassified: 'mask' }, { columns })).toMatchObject({
      masks: [{ path: ['name'], with: 'nullify', rule: 'unclassified' }],
    });
  });

  it('counts only in datasets that may hold tagged columns', () => {
    const more = { pairs: [table('logs', 'events')], columns: [column('logs', 'events', 'text')] };
    expect(short({ rules: [readAll], unclassified: 'deny' }, more)).toEqual(['allow', 'read-all']);
    const everywhere = { ssn: { columns: ['**.ssn'], tables: [], datasets: [] } };
    expect(short({ rules: [readAll], tags: everywhere, unclassified: 'deny' }, more)).toEqual([
      'deny',
      'unclassified',
    ]);
  });
});

describe('a rule in monitor mode', () => {
  it('decides nothing and tells what it would have', () => {
    const watching: Rule = { name: 'watching', tags: ['pii'], effect: 'deny', mode: 'monitor' };
    const opening: Rule = { name: 'opening', operations: ['write'], effect: 'allow', mode: 'monitor' };
    expect(judge({ rules: [readAll, watching] })).toMatchObject({
      effect: 'allow',
      rules: ['read-all'],
      monitored: [{ rule: 'watching', effect: 'deny' }],
    });
    const pairs = [table('shop', 'customers', 'write')];
    expect(judge({ rules: [readAll, opening] }, { pairs })).toMatchObject({
      effect: 'deny',
      monitored: [{ rule: 'opening', effect: 'allow' }],
    });
  });

  it('that cannot be judged would have denied', () => {
    const broken: Rule = { name: 'broken', when: '1 / 0 == 1', effect: 'allow', mode: 'monitor' };
    expect(judge({ rules: [readAll, broken] })).toMatchObject({
      effect: 'allow',
      monitored: [{ rule: 'broken', effect: 'deny' }],
    });
  });
});

describe('a principal', () => {
  it.each([
    ['ids', { ids: ['agent-a'] }, true],
    ['groups', { groups: ['agents'] }, true],
    ['agents', { agents: ['reporter'] }, true],
    ['delegates', { delegates: ['ana'] }, true],
    ['somebody else', { ids: ['ana'], groups: ['x'], agents: ['agent-a'], delegates: ['agent-a'] }, false],
  ])('is selected by %s', (_what, principals, expected) => {
    expect(judge({ rules: [{ ...readAll, principals }] }).effect).toBe(expected ? 'allow' : 'deny');
    expect(judge({ rules: [{ ...readAll, except: principals }] }).effect).toBe(expected ? 'deny' : 'allow');
  });

  it('with ten thousand groups is judged by all of them', () => {
    const groups = Array.from({ length: 10_000 }, (_, i) => `group-${i}`);
    const principal = { ...asked.principal, groups };
    const rules: Rule[] = Array.from({ length: 200 }, (_, i) => ({
      name: `rule-${i}`,
      principals: { groups: [`group-${i * 50}`] },
      tables: [`shop.table-${i}`],
      effect: 'allow',
    }));
    const pairs = [table('shop', 'table-199')];
    expect(short({ rules }, { principal, pairs, columns: [] })).toEqual(['allow', 'rule-199']);
  });
});

describe('an approval that unmasks', () => {
  const approval = { from: ['owners'], quorum: 1, expiresInMs: 1000 };
  const gate: Rule = { name: 'gate', tags: ['pii'], effect: 'require-approval', approval };
  const unmasking: Rule = { ...gate, name: 'unmasking', approval: { ...approval, unmask: true } };
  const masks = [{ name: 'hide', tags: ['pii'], with: 'nullify' }] as const;

  it('lifts the masks, when all that fire say so', () => {
    expect(judge({ rules: [readAll, unmasking], masks })).toMatchObject({ masks: [] });
    expect(judge({ rules: [readAll, unmasking, gate], masks })).toMatchObject({ masks: [{ rule: 'hide' }] });
  });

  it('does not let what is masked for others be written elsewhere', () => {
    const more = { pairs: [table('shop', 'customers'), table('scratch', 't', 'write')] };
    const writeAll: Rule = { name: 'write-all', operations: ['write'], effect: 'allow' };
    expect(short({ rules: [readAll, writeAll, unmasking], masks }, more)).toEqual(['deny', 'hide']);
    expect(short({ rules: [readAll, writeAll, gate], masks }, more)).toEqual([
      'require-approval',
      'gate',
      'read-all',
      'write-all',
    ]);
  });
});

const name = fc.constantFrom('shop', 'hr', 'sh*', '*');
const rule = fc.record(
  {
    effect: fc.constantFrom('allow', 'deny'),
    mode: fc.constantFrom('enforce', 'monitor'),
    operations: fc.constant(['read']),
    datasets: fc.array(name, { minLength: 1, maxLength: 2 }),
    tables: fc.array(
      name.map((dataset) => `${dataset}.*`),
      { minLength: 1, maxLength: 2 },
    ),
    tags: fc.constantFrom(['pii'], ['restricted']),
    principals: fc.constantFrom({ groups: ['agents'] }, { ids: ['nobody'] }),
    except: fc.constantFrom({ groups: ['agents'] }, { ids: ['nobody'] }),
    when: fc.constantFrom(
      'facts.taggedColumns.pii > 0',
      '1 / 0 == 1',
      'principal.id == "b"',
      'cost.bytes > 1',
    ),
  },
  { requiredKeys: ['effect'] },
);

describe('any policy', () => {
  it('decides alike in any order', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 8 }).chain((made) => {
          const rules: Rule[] = made.map((each, i) => ({ ...each, name: `rule-${i}` }));
          return fc.tuple(
            fc.constant(rules),
            fc.shuffledSubarray(rules, { minLength: rules.length, maxLength: rules.length }),
          );
        }),
        ([rules, shuffled]) => {
          expect(judge({ rules: shuffled })).toEqual({
            ...judge({ rules }),
            policyDigest: expect.any(String),
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is no wider for a rule that denies', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), fc.array(rule, { maxLength: 3 }), (made, more) => {
        const rules: Rule[] = made.map((each, i) => ({ ...each, name: `rule-${i}` }));
        const denials: Rule[] = more.map((each, i) => ({ ...each, name: `deny-${i}`, effect: 'deny' }));
        if (judge({ rules }).effect === 'deny')
          expect(judge({ rules: [...rules, ...denials] }).effect).toBe('deny');
      }),
      { numRuns: 300 },
    );
  });
});
