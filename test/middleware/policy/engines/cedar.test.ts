import { describe, expect, it } from 'vitest';
import { cedar } from '../../../../src/middleware/policy/engines/cedar.ts';
import { testPolicy } from '../../../../src/testing/test-policy.ts';
import { asked, table } from '../harness.ts';

const shop = `
permit (principal in Guard::Group::"agents", action == Guard::Action::"read", resource in Guard::Dataset::"acme.shop");
`;

testPolicy('cedar', () => cedar({ policies: shop }), {
  describe,
  it,
  expect,
  // A policy that errors is skipped by Cedar; here it denies.
  broken: () => cedar({ policies: `${shop} forbid (principal, action, resource) when { context.nothing };` }),
});

describe('Cedar beside the rules', () => {
  it('must permit every pair', async () => {
    const engine = await cedar({ policies: shop });
    const pairs = [table('shop', 'orders'), table('hr', 'salaries')];
    expect(await engine.decide({ ...asked, pairs }, asked)).toMatchObject({
      effect: 'deny',
      rules: ['cedar'],
    });
  });

  it('tells the reason of the policy that forbids', async () => {
    const policies = `${shop}
      @id("stars") @reason("Name the columns.")
      forbid (principal, action, resource) when { context.facts.statements == 0 && context.method == "jobs.query" };`;
    const engine = await cedar({ policies });
    expect(await engine.decide(asked, asked)).toMatchObject({
      effect: 'deny',
      rules: ['cedar', 'cedar/stars'],
      reasons: [{ rule: 'cedar/stars', message: 'Name the columns.' }],
    });
  });

  it('permits nothing when nothing is asked', async () => {
    const engine = await cedar({ policies: 'permit (principal, action, resource);' });
    expect(await engine.decide({ ...asked, pairs: [] }, asked)).toMatchObject({ effect: 'deny' });
  });

  it.each([
    ['no Cedar', 'permit everything'],
    [
      'the same id twice',
      '@id("a") permit (principal, action, resource); @id("a") forbid (principal, action, resource);',
    ],
    ['a template', 'permit (principal == ?principal, action, resource);'],
  ])('refuses %s when it is made', async (_what, policies) => {
    await expect(cedar({ policies })).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });
});
