import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../../../src/middleware/policy/decide.ts';
import type { PolicyDocument, Rule } from '../../../../src/middleware/policy/document.ts';
import { reviewPolicy } from '../../../../src/middleware/policy/review/review-policy.ts';
import { parseCatalog } from '../../../../src/config/load-catalog.ts';
import { knownObjects } from '../../../../src/config/known-objects.ts';
import { asked, column, empty, table } from '../harness.ts';

const found = (document: Partial<PolicyDocument>): readonly string[] =>
  reviewPolicy({ ...empty, ...document })
    .filter(({ kind }) => kind !== 'unused')
    .map(({ kind, message }) => `${kind}: ${message}`);

const gate = {
  effect: 'require-approval',
  approval: { from: ['owners'], quorum: 1, expiresInMs: 1000 },
} as const;

describe('a review finds', () => {
  it.each<[string, readonly Rule[], readonly string[]]>([
    [
      'an allow within a wider one',
      [
        { name: 'narrow', datasets: ['shop'], operations: ['read'], effect: 'allow' },
        { name: 'wide', datasets: ['sh*'], effect: 'allow' },
      ],
      ['shadowed: Rule narrow changes no decision: rule wide allows whatever it speaks about.'],
    ],
    [
      'an allow that a deny takes back',
      [
        { name: 'open', tables: ['hr.*'], operations: ['write'], effect: 'allow' },
        { name: 'shut', datasets: ['hr'], effect: 'deny' },
      ],
      ['shadowed: Rule open changes no decision: rule shut denies whatever it speaks about.'],
    ],
    [
      'what is left of an allow that a deny takes back',
      [
        { name: 'open', datasets: ['hr'], operations: ['read'], effect: 'allow' },
        { name: 'shut', datasets: ['hr'], effect: 'deny' },
      ],
      [
        'shadowed: Rule open changes no decision, except for queries over no table and for what may be known of datasets and tables: rule shut denies whatever it speaks about.',
      ],
    ],
    [
      'of two alike only one',
      [
        { name: 'one', effect: 'deny' },
        { name: 'two', effect: 'deny' },
      ],
      ['shadowed: Rule two changes no decision: rule one denies whatever it speaks about.'],
    ],
    [
      'a rule that applies to nobody',
      [{ name: 'a', principals: { groups: ['x'] }, except: { groups: ['x', 'y'] }, effect: 'deny' }],
      ['unreachable: Rule a never speaks: its except takes out everybody whom its principals name.'],
    ],
    [
      'tables that do not lie in the datasets',
      [{ name: 'a', datasets: ['shop'], tables: ['hr.*'], effect: 'deny' }],
      ['unreachable: Rule a speaks about no object: none of its tables can lie in its datasets.'],
    ],
    [
      'an allow by tags of columns',
      [{ name: 'a', tags: ['pii'], operations: ['write'], effect: 'allow' }],
      [
        'unreachable: Rule a speaks about no object: its tags are on columns, and an allow opens tables and datasets.',
      ],
    ],
    [
      'methods that are not there',
      [{ name: 'a', operations: ['tables.gte'], effect: 'deny' }],
      ['unreachable: Rule a never speaks: BigQuery has none of its operations.'],
    ],
    [
      'conditions that are always false, or cannot be judged',
      [
        { name: 'a', when: '1 > 2', effect: 'deny' },
        { name: 'b', when: '1 / 0 > 2', effect: 'allow' },
      ],
      [
        'unreachable: Rule a never speaks: its condition is always false.',
        'unreachable: Rule b denies whatever it speaks about: its condition can never be judged.',
      ],
    ],
    [
      'a quorum that cannot be reached',
      [{ name: 'a', ...gate, approval: { ...gate.approval, quorum: 2 } }],
      ['unreachable: Rule a always denies: fewer people may approve than its quorum asks for.'],
    ],
    [
      'an approval over the cost that opens everything',
      [
        { name: 'big', when: 'cost.bytes > bytes("10 GiB")', operations: ['read'], ...gate },
        { name: 'here', when: 'cost.bytes > bytes("10 GiB")', datasets: ['shop'], ...gate },
        { name: 'stars', when: 'facts.selectsStar', ...gate },
      ],
      [
        'wide: Rule big opens every dataset once somebody approves, also those that no other rule allows. Name the datasets, tables or tags that it is about.',
      ],
    ],
    [
      'patterns of the wrong length',
      [{ name: 'a', datasets: ['shop.orders'], tables: ['orders'], effect: 'deny' }],
      [
        'unmatched: shop.orders matches nothing. A dataset is one name.',
        'unmatched: orders matches nothing. A table is written dataset.table.',
        'unreachable: Rule a speaks about no object: none of its tables can lie in its datasets.',
      ],
    ],
  ])('%s', (_what, rules, expected) => {
    expect(found({ rules })).toEqual(expected);
  });

  it('masks that are never the strictest', () => {
    const masks = [
      { name: 'soft', tags: ['pii'], with: 'lastFour' },
      { name: 'hard', tags: ['pii'], with: 'nullify' },
    ] as const;
    expect(found({ masks })).toEqual([
      'shadowed: Mask soft is never used: mask hard releases less of the same columns.',
    ]);
  });

  it('tags that nothing names', () => {
    const rules: readonly Rule[] = [{ name: 'a', when: 'facts.taggedColumns.pii > 3', effect: 'deny' }];
    expect(reviewPolicy({ ...empty, rules }).map(({ message }) => message)).toEqual([
      'No rule or mask names the tag restricted, so it protects nothing.',
    ]);
  });

  it('every fault at once, each with its place', () => {
    const rules: readonly Rule[] = [
      { name: 'a', tags: ['nope'], effect: 'deny' },
      { name: 'a', when: 'cost.byte > 3', effect: 'deny' },
    ];
    expect(reviewPolicy({ ...empty, rules }).map(({ path, at }) => [path.join('.'), at])).toEqual([
      ['rules.1.name', undefined],
      ['rules.0.tags.0', undefined],
      ['rules.1.when', 5],
    ]);
  });

  it('names that the catalog does not have', async () => {
    const catalog = parseCatalog(`
version: 1
project: acme
tables:
  - { name: shop.customers, columns: [{ name: email, type: STRING }, { name: home, type: STRUCT, fields: [{ name: zip, type: STRING }] }] }
`);
    const tags = {
      pii: {
        columns: ['shop.customers.EMAIL', 'shop.customers.home.zip', 'shop.customers.emial', '**.ssn'],
        tables: ['shop.order'],
        datasets: ['hr', 'partner:ext'],
      },
    };
    const masks = [{ name: 'm', tags: ['pii'], with: 'nullify' }] as const;
    const known = await knownObjects(catalog);
    expect(
      reviewPolicy({ ...empty, tags, masks }, known).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      ['error', 'The catalog has no column shop.customers.emial.'],
      ['warning', '**.ssn matches no column of the catalog.'],
      ['error', 'The catalog has no table shop.order.'],
      ['error', 'The catalog has no dataset hr.'],
      ['warning', 'The catalog has nothing of project partner, so names in it were not looked up.'],
    ]);
  });
});

describe('a review is silent about', () => {
  const wide: Rule = { name: 'wide', effect: 'allow' };
  it.each<[string, readonly Rule[]]>([
    ['a rule that accepts protection', [wide, { name: 'a', nativePolicies: 'accept', effect: 'allow' }]],
    ['a rule that trusts views', [wide, { name: 'a', trusted: true, effect: 'allow' }]],
    [
      'a wider rule with an exception',
      [
        { ...wide, except: { groups: ['x'] } },
        { name: 'a', effect: 'allow' },
      ],
    ],
    ['a condition, which may fault', [wide, { name: 'a', when: 'cost.bytes > 3', effect: 'allow' }]],
    [
      'a wider rule with a condition',
      [
        { ...wide, when: 'facts.ddl' },
        { name: 'a', effect: 'allow' },
      ],
    ],
    [
      'a wider rule that only watches',
      [
        { ...wide, mode: 'monitor' },
        { name: 'a', effect: 'allow' },
      ],
    ],
    [
      'a pattern of any depth',
      [
        { ...wide, tables: ['shop.*'] },
        { name: 'a', tables: ['**'], effect: 'allow' },
      ],
    ],
    [
      'datasets beside tables of them',
      [
        { ...wide, tables: ['shop.*'] },
        { name: 'a', datasets: ['shop'], effect: 'allow' },
      ],
    ],
  ])('%s', (_what, rules) => {
    // The wide rule may lie within the other.
    expect(found({ rules }).filter((text) => text.includes('Rule a '))).toEqual([]);
  });
});

const some = <Value>(...values: readonly Value[]): fc.Arbitrary<readonly Value[] | undefined> =>
  fc.option(fc.subarray([...values], { minLength: 1, maxLength: 2 }), { nil: undefined });

const people = fc.option(
  fc.record(
    { ids: fc.subarray(['agent-a', 'b']), groups: fc.subarray(['agents', 'hr']) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const exception = fc.option(
  fc.record(
    {
      ids: fc.subarray(['agent-a', 'b']),
      datasets: fc.subarray(['shop', 'sh*', 'hr'], { minLength: 1 }),
      tables: fc.subarray(['shop.customers', '**', '*.orders'], { minLength: 1 }),
      columns: fc.subarray(['**.email', 'shop.customers.id'], { minLength: 1 }),
      tags: fc.subarray(['pii', 'restricted'], { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

type Nameless = Rule extends infer Each ? (Each extends unknown ? Omit<Each, 'name'> : never) : never;

const anyRule = fc
  .record({
    principals: people,
    except: fc.oneof(people, exception),
    operations: some('read', 'write', 'metadata', 'jobs.query', 'tables.nope'),
    datasets: some('shop', 'sh*', 'hr', '*', '**'),
    tables: some('shop.customers', 'shop.*', '*.orders', '**.orders', '**', 'hr.ev*'),
    tags: some('pii', 'restricted'),
    when: fc.constantFrom(undefined, undefined, 'facts.selectsStar', 'true', '1 / 0 > 1', 'cost.bytes > 1'),
    nativePolicies: fc.constantFrom(undefined, 'accept' as const),
    effect: fc.constantFrom('allow' as const, 'deny' as const, 'require-approval' as const),
    from: fc.constantFrom(['owners'], ['others'], ['owners', 'others']),
    quorum: fc.constantFrom(1, 2),
  })
  .map(({ effect, from, quorum, nativePolicies, ...rest }): Nameless => {
    if (effect === 'deny') return { ...rest, effect };
    if (effect === 'allow') return { ...rest, nativePolicies, effect };
    return { ...rest, nativePolicies, effect, approval: { from, quorum, expiresInMs: 1000 } };
  });

/** Two rules of which the second is mostly wider: else hardly any would contain the other. */
const twoRules = fc
  .tuple(
    anyRule,
    anyRule,
    fc.subarray(['principals', 'except', 'operations', 'datasets', 'tables', 'tags', 'when'] as const),
  )
  .map(([inner, outer, kept]): readonly Nameless[] => {
    const none = { principals: undefined, except: undefined, operations: undefined, datasets: undefined };
    const same = Object.fromEntries(kept.map((key) => [key, inner[key]]));
    return [inner, { ...outer, ...none, tables: undefined, tags: undefined, when: undefined, ...same }];
  });

const anyRequest: fc.Arbitrary<DecisionRequest> = fc
  .record({
    id: fc.constantFrom('agent-a', 'b'),
    groups: fc.subarray(['agents', 'hr']),
    pairs: fc.subarray(
      [
        table('shop', 'customers'),
        table('shop', 'orders'),
        table('hr', 'ev*', 'write'),
        table('hr', 'salaries'),
        { operation: 'read', method: 'jobs.query', object: { kind: 'none' } } as const,
        {
          operation: 'read',
          method: 'tables.list',
          object: { kind: 'dataset', project: 'acme', dataset: 'shop' },
        } as const,
        {
          operation: 'metadata',
          method: 'tables.list',
          object: { kind: 'dataset', project: 'acme', dataset: 'shop' },
        } as const,
        {
          operation: 'metadata',
          method: 'datasets.list',
          object: { kind: 'datasets', project: 'acme' },
        } as const,
        table('shop', 'orders', 'metadata'),
      ],
      { minLength: 1, maxLength: 3 },
    ),
    native: fc.constantFrom<DecisionRequest['native']>(
      undefined,
      new Map([['acme.shop.orders', ['rowAccessPolicy']]]),
    ),
    columns: fc.constantFrom([], [column('shop', 'customers', 'email')]),
  })
  .map(({ id, groups, ...rest }) => ({ ...asked, ...rest, principal: { ...asked.principal, id, groups } }));

it('a rule of which a review says that it changes nothing changes nothing', () => {
  const others = {
    members: [
      { id: 'ana', keys: [] },
      { id: 'bo', keys: [] },
    ],
  };
  const base = { ...empty, people: { ...empty.people, others } };
  let looked = 0;
  fc.assert(
    fc.property(
      fc.tuple(twoRules, fc.array(anyRule, { maxLength: 2 })).map((lists) => lists.flat()),
      fc.array(anyRequest, { minLength: 8, maxLength: 8 }),
      (bare, requests) => {
        const rules = bare.map((rule, index): Rule => ({ ...rule, name: `r${index}` }));
        const document = { ...base, rules };
        for (const { kind, path, message } of reviewPolicy(document)) {
          if (kind !== 'shadowed' && !message.includes('never speaks') && !message.includes('no object'))
            continue;
          const without = { ...base, rules: rules.filter((_rule, index) => index !== path[1]) };
          const [whole, less] = [compilePolicy(document), compilePolicy(without)];
          for (const request of requests) {
            // What the finding itself says to be left.
            if (
              message.includes('over no table') &&
              request.pairs.some(
                ({ object, operation }) => object.kind === 'none' || operation === 'metadata',
              )
            )
              continue;
            looked += 1;
            expect(summary(decide(less, request))).toEqual(summary(decide(whole, request)));
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(looked).toBeGreaterThan(1000);
});

function summary(decision: ReturnType<typeof decide>): unknown {
  return decision.effect === 'require-approval'
    ? [decision.effect, decision.approval, decision.masks]
    : [decision.effect, decision.effect === 'allow' ? decision.masks : []];
}
