import { describe, expect, it } from 'vitest';
import type { AccessObject } from '../../../src/middleware/policy/access.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import type { Rule } from '../../../src/middleware/policy/document.ts';
import type { Policy } from '../../../src/middleware/policy/engine.ts';
import { permissionOf } from '../../../src/middleware/policy/permission.ts';
import { asked, empty } from './harness.ts';

const shop: AccessObject = { kind: 'dataset', project: 'acme', dataset: 'shop' };
const orders: AccessObject = { kind: 'table', project: 'acme', dataset: 'shop', table: 'orders' };
const list: AccessObject = { kind: 'datasets', project: 'acme' };
const otherList: AccessObject = { kind: 'datasets', project: 'partner' };
const anonymous: AccessObject = { kind: 'dataset', project: 'acme', dataset: '_secret' };

const objects = { shop, orders, list, otherList, anonymous } as const;

async function known(rules: readonly Rule[], engines: readonly Policy[] = []): Promise<readonly string[]> {
  const policy = compilePolicy({ ...empty, rules });
  const permission = permissionOf(policy, asked, 'tables.list', engines);
  const answers = await Promise.all(
    Object.entries(objects).map(async ([name, object]) => ((await permission.mayKnow(object)) ? [name] : [])),
  );
  return answers.flat();
}

const allow = { name: 'allow', effect: 'allow' } as const;
const deny = { name: 'deny', effect: 'deny' } as const;
const gate = {
  name: 'gate',
  effect: 'require-approval',
  approval: { from: ['owners'], quorum: 1, expiresInMs: 1000 },
} as const;

describe('what a principal may know', () => {
  it.each<[string, readonly Rule[], readonly string[]]>([
    ['nothing where nobody speaks', [], []],
    [
      'what it may read',
      [{ ...allow, operations: ['read'], datasets: ['shop'] }],
      ['shop', 'orders', 'list'],
    ],
    [
      'what metadata opens',
      [{ ...allow, operations: ['metadata'], datasets: ['shop'] }],
      ['shop', 'orders', 'list'],
    ],
    [
      'what it may read after approval',
      [{ ...gate, operations: ['read'], datasets: ['shop'] }],
      ['shop', 'orders', 'list'],
    ],
    [
      'one table and the dataset around it',
      [{ ...allow, operations: ['read'], tables: ['shop.orders'] }],
      ['shop', 'orders', 'list'],
    ],
    [
      'not the other tables of that dataset',
      [{ ...allow, operations: ['read'], tables: ['shop.customers'] }],
      ['shop', 'list'],
    ],
    [
      'not a dataset that the rule leaves out',
      [{ ...allow, operations: ['read'], datasets: ['hr'], tables: ['*.orders'] }],
      ['list'],
    ],
    ['not what it may only write', [{ ...allow, operations: ['write', 'ddl'] }], []],
    ['not what another method opens', [{ ...allow, operations: ['tables.get'] }], []],
    ['no hidden dataset, whatever is allowed', [allow], ['shop', 'orders', 'list', 'otherList']],
    [
      'not what is closed by a rule for metadata',
      [allow, { ...deny, operations: ['metadata'], datasets: ['shop'] }],
      ['list', 'otherList'],
    ],
    [
      'what is only closed for reading',
      [allow, { ...deny, operations: ['read'], datasets: ['shop'] }],
      ['shop', 'orders', 'list', 'otherList'],
    ],
    ['nothing by a rule over the cost', [{ ...allow, when: 'cost.bytes < 5' }], []],
    [
      'what is allowed, whatever a rule over the cost denies',
      [
        { ...allow, tables: ['shop.orders'] },
        { ...deny, when: 'cost.bytes > 5' },
      ],
      ['shop', 'orders', 'list'],
    ],
  ])('%s', async (_, rules, expected) => {
    expect(await known(rules)).toEqual(expected);
  });

  it('is what every engine agrees to', async () => {
    const decision = {
      effect: 'deny',
      policyDigest: '',
      rules: ['e'],
      reasons: [{ rule: 'e', message: 'no' }],
    } as const;
    expect(await known([allow], [{ name: 'e', decide: () => decision }])).toEqual([]);
  });
});
