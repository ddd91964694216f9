import {
  compilePolicy,
  type Policy,
  type PolicyContext,
  type PolicyFacts,
} from '../middleware/policy/index.ts';
import { decide, type DecisionRequest } from '../middleware/policy/decide.ts';
import { decideWithEngines } from '../middleware/policy/engine.ts';
import type { Decision } from '../middleware/policy/decision.ts';
import type { TestApi } from './test-middleware.ts';

export interface TestPolicyOptions extends TestApi {
  /** A call that the engine allows; by default an agent of the group `agents` reads `acme.shop.orders`. */
  readonly allowed?: PolicySample;
  /** A call that it denies; by default the same agent reads `acme.hr.salaries`. */
  readonly denied?: PolicySample;
  /** The same engine where it cannot decide: not reachable, or with broken rules. */
  readonly broken?: () => Policy | Promise<Policy>;
}

export interface PolicySample {
  readonly facts: PolicyFacts;
  readonly context: PolicyContext;
}

const context: PolicyContext = {
  principal: { id: 'shop-agent', groups: ['agents'], delegation: [], verified: true },
  agent: { name: 'reporter' },
  session: { id: 's1' },
  now: new Date('2026-01-05T10:00:00Z'),
};

const reading = (dataset: string, table: string, column: string): PolicySample => ({
  context,
  facts: {
    call: { operation: 'jobs.query', class: 'read', project: 'acme' },
    pairs: [
      { operation: 'read', method: 'jobs.query', object: { kind: 'table', project: 'acme', dataset, table } },
    ],
    columns: [{ table: { project: 'acme', dataset, name: table }, path: [column] }],
  },
});

/**
 * Checks that a policy engine keeps the contract: it allows and denies by well-formed decisions that name it, answers
 * the same to the same, leaves what it was given as it is, and where it cannot decide the guard denies.
 *
 * ```ts
 * testPolicy('ours', () => ours(), { describe, expect, it });
 * ```
 */
export function testPolicy(
  name: string,
  factory: () => Policy | Promise<Policy>,
  api: TestPolicyOptions,
): void {
  const { broken } = api;
  const allowed = api.allowed ?? reading('shop', 'orders', 'id');
  const denied = api.denied ?? reading('hr', 'salaries', 'pay');
  const said = async (sample: PolicySample, make = factory): Promise<Decision> =>
    throughGuard(await make(), sample);

  api.describe(`the policy engine ${name}`, () => {
    api.it('has a name', async () => {
      api.expect((await factory()).name.length > 0).toEqual(true);
    });

    api.it('allows a call, so that the guard does', async () => {
      api.expect((await said(allowed)).effect).toEqual('allow');
    });

    api.it('denies a call, and its reason names it', async () => {
      const decision = await said(denied);
      const engine = await factory();
      const reasons = decision.effect === 'deny' ? decision.reasons : [];
      api.expect([decision.effect, reasons.length > 0]).toEqual(['deny', true]);
      api.expect(reasons.every(({ rule }) => rule.startsWith(engine.name))).toEqual(true);
    });

    api.it('can never widen what the rules allow', async () => {
      api.expect((await throughGuard(await factory(), allowed, 'deny')).effect).toEqual('deny');
    });

    api.it('says the same of the same call, also at once', async () => {
      const engine = await factory();
      const all = await Promise.all(
        [allowed, denied, allowed, denied].map((sample) => throughGuard(engine, sample)),
      );
      api.expect(all.map(({ effect }) => effect)).toEqual(['allow', 'deny', 'allow', 'deny']);
      api.expect(all[2]).toEqual(all[0]);
      api.expect(all[3]).toEqual(all[1]);
    });

    api.it('leaves what it was given as it is', async () => {
      const before = JSON.stringify(allowed);
      await said(deeplyFrozen(structuredClone(allowed)));
      api.expect(JSON.stringify(allowed)).toEqual(before);
    });

    if (broken === undefined) return;
    api.it('denies where it cannot decide, and says that it could not', async () => {
      const decision = await said(allowed, broken);
      const [reason] = decision.effect === 'deny' ? decision.reasons : [];
      api.expect([decision.effect, reason?.message.includes('This policy engine')]).toEqual(['deny', true]);
    });
  });
}

/** As the guard asks it: beside rules that say the same to everything. */
function throughGuard(
  engine: Policy,
  { facts, context: asker }: PolicySample,
  effect: 'allow' | 'deny' = 'allow',
): Promise<Decision> {
  const policy = compilePolicy({
    version: 1,
    project: 'acme',
    people: {},
    tags: {},
    rules: [{ name: 'everything', effect }],
    masks: [],
    limits: [],
  });
  const request: DecisionRequest = { ...facts, ...asker };
  return decideWithEngines(policy, [engine], request, decide(policy, request));
}

function deeplyFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const each of Object.values(value)) deeplyFrozen(each);
    Object.freeze(value);
  }
  return value;
}
