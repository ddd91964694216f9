import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainRule } from '../../src/config/plain-rule.ts';
import { guardFile } from '../../src/config/schema.ts';

const judged = (rule: unknown): unknown =>
  guardFile.safeParse({ version: 1, project: 'a', audit: { folder: 'a' }, rules: [rule] }).data?.rules[0];

/** Mostly right, now and then a slip. */
const often = (right: readonly unknown[], wrong: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: fc.constantFrom(...right), weight: 30 }, fc.constantFrom(...wrong));

const long = 'a'.repeat(128);
const text = often(['a', long], ['', `${long}a`, 1, null, []]);
const names = often([['shop', '*'], [long]], [[], [''], [`${long}a`], [1], 'shop', { 0: 'a' }]);
const who = often(
  [{ groups: ['agents'] }, { ids: ['a'], agents: [], delegates: ['b'] }],
  [{}, { names: ['a'] }, { groups: 'agents' }, { ids: [1] }, 'a', ['a']],
);

const odd = often([{}], [{ mode: 'monitor' }, { mode: 'on' }, { nativePolicies: 'accept' }, { extra: 1 }]);

const usual = fc.record(
  {
    name: text,
    effect: often(['allow', 'deny'], ['require-approval', 'maybe', 1]),
    principals: who,
    except: who,
    operations: often([['read'], ['job', 'write']], [[], ['tables.get'], ['raed'], 'read']),
    datasets: names,
    tables: names,
    tags: names,
    when: often(['true', 'a'.repeat(2000)], ['', 'a'.repeat(2001), 1]),
    reason: often(['', 'because'], [1, null]),
  },
  { requiredKeys: ['name', 'effect'] },
);

const rule = fc.tuple(usual, odd).map((parts) => Object.assign({}, ...parts));

describe('a rule that is plainly right', () => {
  it('is accepted by the schema as it is', () => {
    let plain = 0;
    fc.assert(
      fc.property(rule, (value) => {
        if (!isPlainRule(value)) return;
        plain += 1;
        expect(judged(value)).toEqual(value);
      }),
      { numRuns: 10_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it.each([
    { name: 'a', operations: ['read'], datasets: ['shop'], effect: 'allow' },
    { name: 'a', principals: { groups: ['b'] }, tags: ['pii'], when: 'true', reason: 'r', effect: 'deny' },
  ])('is recognised: %j', (value) => {
    expect(isPlainRule(value)).toBe(true);
  });

  it.each([undefined, null, 1, 'a', [], {}, { name: 'a' }, { effect: 'deny' }])(
    'is none of what is no rule: %j',
    (value) => {
      expect(isPlainRule(value)).toBe(false);
    },
  );
});
