import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { Rule } from '../../../src/middleware/policy/document.ts';
import { insteadInWords, insteadOf } from '../../../src/middleware/policy/instead.ts';
import { asked, column, empty, readAll, table } from './harness.ts';

function instead(
  rules: readonly Rule[],
  more: Partial<DecisionRequest> = {},
): readonly unknown[] | undefined {
  const policy = compilePolicy({ ...empty, rules });
  const request = { ...asked, ...more };
  const found = insteadOf(policy, request, decide(policy, request));
  return found && [found, insteadInWords(found)];
}

const noPii: Rule = { name: 'no-pii', tags: ['pii'], effect: 'deny' };
const both = [column('shop', 'customers', 'email'), column('shop', 'customers', 'id')];

describe('a refusal', () => {
  it('names the columns that would be allowed', () => {
    expect(instead([readAll, noPii], { columns: both })).toEqual([
      { columns: ['shop.customers.id'] },
      'With only these columns the call would be allowed: shop.customers.id.',
    ]);
  });

  it.each([
    ['nothing is left', [readAll, noPii], { columns: both.slice(0, 1) }],
    ['the call is allowed', [readAll], { columns: both }],
    ['the rest is denied too', [noPii], { columns: both }],
    [
      'the table is closed',
      [readAll, { name: 'no-hr', tags: ['restricted'], effect: 'deny' } as const],
      { pairs: [table('hr', 'people')], columns: [column('hr', 'people', 'salary')] },
    ],
  ])('names nothing when %s', (_what, rules, more) => {
    expect(instead(rules, more)).toBeUndefined();
  });

  it('for what a call costs names the partition column', () => {
    const cost = {
      bytes: 20n << 30n,
      billedBytes: 20n << 30n,
      price: undefined,
      referencedTables: [],
      statementType: 'SELECT',
      undeclaredParameters: [],
      bounded: true,
    };
    const tables = [
      {
        name: { project: 'acme', dataset: 'shop', name: 'customers' },
        kind: 'TABLE',
        columns: [],
        pseudoColumns: [],
        partitionColumn: 'day',
      },
    ] as const;
    const cheap: Rule = { name: 'cheap', when: 'cost.bytes > bytes("1 GiB")', effect: 'deny' };
    expect(instead([readAll, cheap], { cost, tables })).toEqual([
      { lessData: true, partitionFilter: ['shop.customers.day'] },
      'The call would be allowed if it read less. Filter on the partition column: shop.customers.day.',
    ]);
  });
});
