import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessPair } from '../../../src/middleware/policy/access.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide } from '../../../src/middleware/policy/decide.ts';
import type { Decision } from '../../../src/middleware/policy/decision.ts';
import type { MaskRule, PolicyDocument, Rule } from '../../../src/middleware/policy/document.ts';
import type { ColumnSource } from '../../../src/sql/facts.ts';

const empty: PolicyDocument = {
  version: 1,
  project: 'acme',
  people: {
    owners: {
      members: [
        { id: 'ana', keys: [] },
        { id: 'ben', keys: [] },
      ],
    },
    security: { members: [{ id: 'ben', keys: [] }] },
    legal: { members: [{ id: 'cem', keys: [] }] },
  },
  tags: {
    pii: { columns: ['shop.customers.email', '**.ssn'], tables: [], datasets: [] },
    restricted: { columns: [], tables: [], datasets: ['hr'] },
  },
  rules: [],
  masks: [],
  limits: [],
};

const agent = { id: 'agent-a', groups: ['agents'], delegation: [], verified: true };

const table = (operation: AccessPair['operation'], dataset: string, name: string): AccessPair => ({
  operation,
  method: 'jobs.query',
  object: { kind: 'table', project: 'acme', dataset, table: name },
});

const column = (dataset: string, name: string, ...path: string[]): ColumnSource => ({
  table: { project: 'acme', dataset, name },
  path,
});

function decision(
  rules: readonly Rule[],
  pairs: readonly AccessPair[],
  columns: readonly ColumnSource[] = [],
  masks: readonly MaskRule[] = [],
): Decision {
  const policy = compilePolicy({ ...empty, rules, masks });
  return decide(policy, { principal: agent, agent: undefined, pairs, columns });
}

const readShop: Rule = { name: 'read-shop', operations: ['read'], datasets: ['shop'], effect: 'allow' };
const noHr: Rule = { name: 'no-hr', tags: ['restricted'], effect: 'deny', reason: 'HR is closed.' };
const gatePii: Rule = {
  name: 'gate-pii',
  tags: ['pii'],
  effect: 'require-approval',
  approval: { from: ['owners'], quorum: 1, expiresInMs: 60_000 },
};

const shortOf = (made: Decision): readonly unknown[] => [made.effect, ...made.rules];

describe('a decision', () => {
  it('denies when nobody speaks', () => {
    expect(decision([], [table('read', 'shop', 'orders')])).toMatchObject({
      effect: 'deny',
      rules: [],
      reasons: [{ rule: 'default' }],
    });
  });

  it('allows when a rule covers every pair', () => {
    expect(shortOf(decision([readShop], [table('read', 'shop', 'orders')]))).toEqual(['allow', 'read-shop']);
  });

  it.each([
    ['another operation', table('write', 'shop', 'orders')],
    ['another dataset', table('read', 'hr', 'people')],
    [
      'another project',
      {
        ...table('read', 'shop', 'orders'),
        object: { kind: 'table', project: 'other', dataset: 'shop', table: 'orders' },
      } as const,
    ],
    [
      'no table at all',
      { operation: 'read', method: 'jobs.query', object: { kind: 'project', project: 'acme' } } as const,
    ],
  ])('denies when one pair is %s', (_what, pair) => {
    expect(decision([readShop], [table('read', 'shop', 'orders'), pair]).effect).toBe('deny');
  });

  it('never allows what could not be made out', () => {
    const everything: Rule = { name: 'all', effect: 'allow' };
    const pair: AccessPair = { operation: 'unknown', method: 'jobs.insert', object: { kind: 'none' } };
    expect(decision([everything], [pair]).effect).toBe('deny');
  });

  it('lets whoever may read anything ask a query without tables', () => {
    const pair: AccessPair = { operation: 'read', method: 'jobs.query', object: { kind: 'none' } };
    expect(decision([readShop], [pair]).effect).toBe('allow');
    expect(decision([noHr], [pair]).effect).toBe('deny');
  });

  it('says nothing of the object that it refuses', () => {
    const made = decision([readShop], [table('read', 'secret_dataset', 'hidden_table')]);
    expect(JSON.stringify(made)).not.toMatch(/secret_dataset|hidden_table/);
  });

  it('denies over everything, with the reason of the rule', () => {
    const everything: Rule = { name: 'all', effect: 'allow' };
    expect(decision([everything, gatePii, noHr], [table('read', 'hr', 'people')])).toMatchObject({
      effect: 'deny',
      rules: ['no-hr'],
      reasons: [{ rule: 'no-hr', message: 'HR is closed.' }],
    });
  });

  it('asks for approval when a tagged column is read, and not otherwise', () => {
    const pairs = [table('read', 'shop', 'customers')];
    expect(shortOf(decision([readShop, gatePii], pairs, [column('shop', 'customers', 'EMAIL')]))).toEqual([
      'require-approval',
      'gate-pii',
      'read-shop',
    ]);
    expect(shortOf(decision([readShop, gatePii], pairs, [column('shop', 'customers', 'name')]))).toEqual([
      'allow',
      'read-shop',
    ]);
  });

  it('a column tag with ** finds nested fields', () => {
    const made = decision(
      [readShop, gatePii],
      [table('read', 'shop', 'people')],
      [column('shop', 'people', 'details', 'ssn')],
    );
    expect(made.effect).toBe('require-approval');
  });

  it('a wildcard table is denied when one of its tables may be', () => {
    const deny: Rule = { name: 'no-2024', tables: ['shop.events_2024*'], effect: 'deny' };
    expect(decision([readShop, deny], [table('read', 'shop', 'events_*')]).rules).toEqual(['no-2024']);
    const only: Rule = {
      name: 'only-2024',
      operations: ['read'],
      tables: ['shop.events_2024*'],
      effect: 'allow',
    };
    expect(decision([only], [table('read', 'shop', 'events_*')]).effect).toBe('deny');
  });

  it('several approvals merge to the strictest', () => {
    const second: Rule = {
      name: 'gate-security',
      operations: ['read'],
      effect: 'require-approval',
      approval: { from: ['security'], quorum: 1, expiresInMs: 30_000 },
    };
    const made = decision(
      [readShop, gatePii, second],
      [table('read', 'shop', 'customers')],
      [column('shop', 'customers', 'email')],
    );
    expect(made).toMatchObject({
      effect: 'require-approval',
      approval: { approvers: ['ben'], quorum: 1, expiresInMs: 30_000 },
    });
  });

  it('is deny when no person is entitled for all of the rules', () => {
    const legal: Rule = {
      name: 'gate-legal',
      effect: 'require-approval',
      approval: { from: ['legal'], quorum: 1, expiresInMs: 1 },
    };
    const made = decision(
      [readShop, gatePii, legal],
      [table('read', 'shop', 'customers')],
      [column('shop', 'customers', 'email')],
    );
    expect(shortOf(made)).toEqual(['deny', 'gate-legal', 'gate-pii']);
  });

  it('names the strictest mask of a column, whatever the case of its name', () => {
    const masks: readonly MaskRule[] = [
      { name: 'a-last', tags: ['pii'], with: 'lastFour' },
      { name: 'b-null', tags: ['pii'], with: 'nullify' },
      { name: 'c-fraud', tags: ['pii'], with: 'nullify', except: { groups: ['agents'] } },
    ];
    const columns = [column('shop', 'customers', 'Email'), column('shop', 'customers', 'name')];
    const made = decision([readShop], [table('read', 'shop', 'customers')], columns, masks);
    expect(made).toMatchObject({
      effect: 'allow',
      masks: [
        { table: { dataset: 'shop', name: 'customers' }, path: ['Email'], with: 'nullify', rule: 'b-null' },
      ],
    });
  });

  it('denies a cleared principal to write masked columns into another table', () => {
    const masks: readonly MaskRule[] = [
      { name: 'hide', tags: ['pii'], with: 'nullify', except: { ids: ['agent-a'] } },
    ];
    const everything: Rule = { name: 'all', effect: 'allow' };
    const email = [column('shop', 'customers', 'email')];
    const read = table('read', 'shop', 'customers');
    expect(decision([everything], [read, table('write', 'shop', 'copy')], email, masks)).toMatchObject({
      effect: 'deny',
      reasons: [{ rule: 'hide' }],
    });
    expect(decision([everything], [read, table('write', 'shop', 'customers')], email, masks).effect).toBe(
      'allow',
    );
    expect(
      decision(
        [everything],
        [read, table('write', 'shop', 'copy')],
        [column('shop', 'customers', 'name')],
        masks,
      ).effect,
    ).toBe('allow');
    expect(decision([everything], [read], email, masks)).toMatchObject({ effect: 'allow', masks: [] });
  });

  it('does not depend on the order of the rules', () => {
    const rules: readonly Rule[] = [
      readShop,
      noHr,
      gatePii,
      {
        name: 'write-shop',
        operations: ['write'],
        datasets: ['shop'],
        effect: 'allow',
        except: { ids: ['agent-a'] },
      },
      { name: 'read-hr', operations: ['read'], datasets: ['hr'], effect: 'allow' },
      { name: 'no-ddl', operations: ['ddl'], effect: 'deny' },
    ];
    const pairs = fc.subarray(
      [
        table('read', 'shop', 'customers'),
        table('read', 'hr', 'people'),
        table('write', 'shop', 'orders'),
        table('ddl', 'shop', 'x'),
      ],
      { minLength: 1 },
    );
    const columns = fc.subarray([column('shop', 'customers', 'email'), column('shop', 'customers', 'name')]);
    const shuffled = fc.shuffledSubarray([...rules], { minLength: rules.length });
    fc.assert(
      fc.property(pairs, columns, shuffled, (some, read, order) => {
        const { policyDigest: _a, ...expected } = decision(rules, some, read);
        const { policyDigest: _b, ...made } = decision(order, some, read);
        expect(made).toEqual(expected);
      }),
    );
  });
});

describe('a policy', () => {
  it.each([
    [
      'an unknown tag',
      { rules: [{ name: 'a', tags: ['nope'], effect: 'deny' }] as const },
      'tag nope in rule a',
    ],
    [
      'an unknown group',
      {
        rules: [
          { name: 'a', effect: 'require-approval', approval: { from: ['nope'], quorum: 1, expiresInMs: 1 } },
        ] as const,
      },
      'people group nope in rule a',
    ],
    [
      'a guessable hash',
      { masks: [{ name: 'h', tags: ['pii'], with: 'sha256' }] as const },
      'acceptGuessable',
    ],
    ['a name twice', { rules: [readShop, readShop] }, 'read-shop is used twice'],
  ])('with %s is refused', (_what, part, message) => {
    expect(() => compilePolicy({ ...empty, ...part })).toThrowError(message);
  });

  it('has a digest that changes with its content only', () => {
    const one = compilePolicy({ ...empty, rules: [readShop] }).digest;
    expect(compilePolicy({ ...empty, rules: [{ ...readShop }] }).digest).toBe(one);
    expect(compilePolicy({ ...empty, rules: [{ ...readShop, name: 'x' }] }).digest).not.toBe(one);
  });
});
