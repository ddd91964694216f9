import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide } from '../../../src/middleware/policy/decide.ts';
import type { Decision } from '../../../src/middleware/policy/decision.ts';
import { decideWithEngines, type Policy } from '../../../src/middleware/policy/engine.ts';
import type { Rule } from '../../../src/middleware/policy/document.ts';
import { asked, empty, readAll } from './harness.ts';

const engine = (answer: () => Decision | Promise<Decision>): Policy => ({ name: 'opa', decide: answer });

async function decided(rules: readonly Rule[], ...engines: Policy[]): Promise<Decision> {
  const policy = compilePolicy({
    ...empty,
    rules,
    masks: [{ name: 'hide', tags: ['pii'], with: 'lastFour' }],
  });
  return decideWithEngines(policy, engines, asked, decide(policy, asked));
}

const allow: Decision = { effect: 'allow', policyDigest: 'd', rules: ['opa/x'], masks: [] };
const gate = (approvers: readonly [string, ...string[]]): Decision => ({
  ...allow,
  effect: 'require-approval',
  reasons: [{ rule: 'opa/gate', message: 'Ask.' }],
  approval: { approvers, quorum: 1, expiresInMs: 10 },
});

describe('a policy engine beside the rules', () => {
  it('that allows leaves what the rules say, with their masks', async () => {
    expect(
      await decided(
        [readAll],
        engine(() => allow),
      ),
    ).toEqual({
      effect: 'allow',
      policyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      rules: ['opa/x', 'read-all'],
      masks: [{ table: asked.columns[0]?.table, path: ['email'], with: 'lastFour', rule: 'hide' }],
    });
  });

  it('cannot allow what the rules do not, and is not asked', async () => {
    const never = engine(() => expect.fail('asked'));
    expect(await decided([], never)).toMatchObject({ effect: 'deny', reasons: [{ rule: 'default' }] });
  });

  it('that denies is the reason', async () => {
    const reasons = [{ rule: 'opa/no', message: 'No.' }] as const;
    const deny: Decision = { effect: 'deny', policyDigest: 'd', rules: ['opa/no'], reasons: [...reasons] };
    expect(
      await decided(
        [readAll],
        engine(() => allow),
        engine(() => deny),
      ),
    ).toMatchObject({
      effect: 'deny',
      reasons,
    });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('down'))],
    ['answers nothing', () => JSON.parse('null')],
    ['answers an effect that does not exist', () => JSON.parse('{ "effect": "permit" }')],
    [
      'asks for an approval by nobody in particular',
      () => JSON.parse(JSON.stringify({ ...gate(['ana']), approval: 1 })),
    ],
    [
      'names a mask that does not exist',
      () => JSON.parse('{"effect":"allow","policyDigest":"d","rules":[],"masks":[{"with":"none"}]}'),
    ],
  ])('that %s denies by its name', async (_what, answer) => {
    // What comes from outside has no type: the answers are wrong on purpose.
    const wrong: Policy = { name: 'opa', decide: answer };
    expect(await decided([readAll], wrong)).toMatchObject({ effect: 'deny', reasons: [{ rule: 'opa' }] });
  });

  it('that does not decide in time denies', async () => {
    const slow: Policy = { name: 'opa', timeout: 20, decide: () => new Promise(() => undefined) };
    expect(await decided([readAll], slow)).toMatchObject({
      effect: 'deny',
      reasons: [{ rule: 'opa', message: expect.stringMatching(/did not decide in time/) }],
    });
  });

  it('asks only people whom the others name too', async () => {
    expect(
      await decided(
        [readAll],
        engine(() => gate(['ana', 'ben'])),
        engine(() => gate(['ben'])),
      ),
    ).toMatchObject({
      effect: 'require-approval',
      approval: { approvers: ['ben'], quorum: 1, expiresInMs: 10 },
    });
    expect(
      await decided(
        [readAll],
        engine(() => gate(['ana'])),
        engine(() => gate(['ben'])),
      ),
    ).toMatchObject({
      effect: 'deny',
    });
  });

  it('keeps the stricter mask of a column', async () => {
    const table = { project: 'acme', dataset: 'shop', name: 'customers' };
    const masks = [{ table, path: ['EMAIL'], with: 'nullify', rule: 'opa/mask' }] as const;
    expect(
      await decided(
        [readAll],
        engine(() => ({ ...allow, masks })),
      ),
    ).toMatchObject({ masks });
  });
});
