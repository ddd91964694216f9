import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { consider, decide, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { Rule } from '../../../src/middleware/policy/document.ts';
import { asked, empty, readAll } from './harness.ts';

const denyWhen = (when: string): Rule => ({ name: 'conditional', when, effect: 'deny' });

const policyWith = (...rules: Rule[]) => compilePolicy({ ...empty, rules });

const effectOf = (when: string, more: Partial<DecisionRequest> = {}): readonly unknown[] => {
  const { effect, rules } = decide(policyWith(readAll, denyWhen(when)), { ...asked, ...more });
  return [effect, ...rules];
};

const cost = {
  bytes: 20n << 30n,
  billedBytes: 20n << 30n,
  price: 0.5,
  referencedTables: [],
  statementType: 'SELECT',
  undeclaredParameters: [],
  bounded: true,
};

const denies = ['deny', 'conditional'];
const allows = ['allow', 'read-all'];

describe('a condition', () => {
  it.each([
    ['principal.id == "agent-a"', denies],
    ['"agents" in principal.groups', denies],
    ['principal.groups.exists(group, group.startsWith("ag"))', denies],
    ['principal.delegation.size() > 1', allows],
    ['agent.name == "reporter" && session.id == "s1"', denies],
    ['call.operation == "jobs.query" && call.class == "write"', allows],
    ['facts.taggedColumns.pii > 0', denies],
    ['facts.taggedColumns["restricted"] > 0', allows],
    ['facts.columns.exists(name, glob("acme.shop.*.email", name))', denies],
    ['now < timestamp("2026-11-25T09:00:00Z")', allows],
    ['now.getHours("Europe/Berlin") == 11', denies],
    ['cost.bytes > bytes("10 GiB")', denies],
    ['cost.bytes > bytes("1 TiB")', allows],
    ['cost.price > 0.4', denies],
    ['!cost.bounded || cost.bytes > bytes("1 TiB")', allows],
  ])('%s is judged', (when, expected) => {
    expect(effectOf(when, { cost })).toEqual(expected);
  });

  it.each([
    ['facts.estimatedByte > 1', 'No such key: estimatedByte'],
    ['facts.taggedColumns.pi > 1', 'it names the tag pi, which is not defined'],
    ['principal.id', 'it is of type string, and must be true or false'],
    ['principal.id ==', 'Unexpected token'],
    ['nobody.id == "a"', 'Unknown variable: nobody'],
    ['principal.id.matches("^(a+)+$")', 'the function matches is not available in conditions, at character'],
    ['bytes("ten") > b"x"', 'bytes takes a size, as in bytes("10 GiB")'],
    ['principal.groups.exists(a, principal.groups.exists(b, a == b))', 'it may take too many steps'],
    ['principal.groups.all(a, a in principal.groups)', 'it may take too many steps'],
    [`"${'a'.repeat(2001)}" == ""`, 'it is longer than 2000 characters'],
    [Array.from({ length: 320 }, () => '1').join('+'), 'Exceeded max'],
  ])('%s is refused when the policy is loaded', (when, message) => {
    expect(() => policyWith(denyWhen(when))).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG',
        message: expect.stringMatching(/^The condition of rule conditional cannot be used: /),
      }),
    );
    expect(() => policyWith(denyWhen(when))).toThrow(message);
  });

  it.each([
    ['that divides by zero', '1 / (principal.groups.size() - 1) == 1', {}],
    ['over a cost that nobody knows', 'cost.bytes > 1', {}],
    [
      'over a size of which only the least is known',
      'cost.bytes < 1',
      { cost: { ...cost, bytes: 0n, bounded: false } },
    ],
    ['over a price that nobody knows', 'cost.price > 1.0', { cost: { ...cost, price: undefined } }],
    ['over a clock that tells no time', 'now.getHours() > 1', { now: new Date(Number.NaN) }],
    [
      'over more groups than can be gone through',
      '"x" in principal.groups',
      { principal: { ...asked.principal, groups: Array.from({ length: 10_001 }, (_, i) => `g${i}`) } },
    ],
  ])('%s denies by its rule, whatever the rule says', (_what, when, more) => {
    const rule: Rule = { name: 'conditional', when, effect: 'allow' };
    const { effect, rules, ...rest } = decide(policyWith(readAll, rule), { ...asked, ...more });
    expect([effect, rules]).toEqual(['deny', ['conditional']]);
    expect(rest).toMatchObject({ reasons: [{ rule: 'conditional' }] });
  });

  it('of a rule that does not speak about the call is not judged', () => {
    const rule: Rule = { ...denyWhen('1 / 0 == 1'), datasets: ['hr'] };
    expect(decide(policyWith(readAll, rule), asked).effect).toBe('allow');
  });

  it('that needs no cost to be true does not wait for it', () => {
    const policy = policyWith(readAll, denyWhen('facts.taggedColumns.pii > 0 || cost.bytes > 1'));
    expect(consider(policy, { ...asked, pending: 'cost' })).toMatchObject({
      decision: { effect: 'deny', rules: ['conditional'] },
      waits: false,
    });
  });

  it('that needs the cost waits for it, and denies nothing before', () => {
    const policy = policyWith(readAll, denyWhen('cost.bytes > 1'));
    expect(consider(policy, { ...asked, pending: 'cost' })).toMatchObject({
      decision: { effect: 'allow' },
      waits: true,
    });
  });

  it('over ten thousand groups ends soon', () => {
    const groups = Array.from({ length: 10_000 }, (_, i) => `group-${i}`);
    const policy = policyWith(
      readAll,
      denyWhen('principal.groups.exists(group, group == "x" || group == "y")'),
    );
    const started = performance.now();
    expect(decide(policy, { ...asked, principal: { ...asked.principal, groups } }).effect).toBe('allow');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
