import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/load-config.ts';
import { compilePolicy } from '../../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../../src/middleware/policy/decide.ts';
import type { MaskRule, PolicyDocument } from '../../../src/middleware/policy/document.ts';
import { asked, column, empty, readAll } from './harness.ts';

const fraud: MaskRule = {
  name: 'hide',
  tags: ['pii'],
  with: 'nullify',
  except: { groups: ['fraud'], purposes: ['fraud-case'] },
};

function decided(request: Partial<DecisionRequest>, more: Partial<PolicyDocument> = {}): unknown {
  const policy = compilePolicy({ ...empty, rules: [readAll], masks: [fraud], ...more });
  const decision = decide(policy, { ...asked, ...request });
  if (decision.effect === 'deny') return decision.reasons.map(({ rule }) => rule);
  return { masks: decision.masks.map(({ rule }) => rule), cleared: decision.cleared ?? [] };
}

const member = { ...asked.principal, groups: ['agents', 'fraud'] };
const purpose = { id: 's1', purpose: 'fraud-case' };
const cleared = [{ ...column('shop', 'customers', 'email'), rule: 'hide' }];

describe('who is cleared of a mask', () => {
  it.each([
    ['a member with the purpose', { principal: member, session: purpose }, { masks: [], cleared }],
    ['a member without a purpose', { principal: member }, { masks: ['hide'], cleared: [] }],
    [
      'a member with another purpose',
      { principal: member, session: { id: 's1', purpose: 'marketing' } },
      { masks: ['hide'], cleared: [] },
    ],
    ['somebody else with the purpose', { session: purpose }, { masks: ['hide'], cleared: [] }],
  ])('%s', (_who, request, expected) => {
    expect(decided(request)).toEqual(expected);
  });

  it('needs no purpose where none is named', () => {
    const masks: readonly MaskRule[] = [{ ...fraud, except: { groups: ['fraud'] } }];
    expect(decided({ principal: member }, { masks })).toEqual({ masks: [], cleared });
  });

  it('may not write what it sees where the mask does not follow', () => {
    const copy = {
      operation: 'write',
      method: 'jobs.query',
      object: { kind: 'table', project: 'acme', dataset: 'shop', table: 'copy' },
    } as const;
    const rules = [{ name: 'all', effect: 'allow' }] as const;
    const request = { principal: member, session: purpose, pairs: [...asked.pairs, copy] };
    expect(decided(request, { rules })).toEqual(['hide']);
  });
});

describe('of several masks on one column', () => {
  const masks: readonly MaskRule[] = [
    { name: 'a-last', tags: ['pii'], with: 'lastFour' },
    { name: 'b-hash', tags: ['pii'], with: 'sha256', acceptGuessable: true },
    { name: 'c-null', tags: ['pii'], with: 'nullify' },
  ];
  it('the strictest counts, or at Google the most useful', () => {
    expect(decided({}, { masks })).toEqual({ masks: ['c-null'], cleared: [] });
    expect(decided({}, { masks, conflict: 'google' })).toEqual({ masks: ['b-hash'], cleared: [] });
  });

  it('the next counts for whom the first excepts, who is recorded as cleared of it', () => {
    const excepting = masks.map((mask) =>
      mask.name === 'c-null' ? { ...mask, except: { groups: ['agents'] } } : mask,
    );
    expect(decided({}, { masks: excepting })).toEqual({
      masks: ['b-hash'],
      cleared: [{ ...column('shop', 'customers', 'email'), rule: 'c-null' }],
    });
  });
});

const text = (mask: string): string =>
  `version: 1\nproject: acme\naudit: { folder: a }\ntags: { pii: { columns: [shop.customers.email] } }\nmasks:\n  - ${mask}\n`;

describe('a policy file', () => {
  it('lets nobody be cleared by a purpose alone', () => {
    const mask = '{ name: m, tags: [pii], with: nullify, except: { purposes: [fraud-case] } }';
    expect(() => parseConfig(text(mask))).toThrow('name at least one of ids, groups, agents, delegates');
  });

  it('does not take sha256 for a secret', () => {
    const { policy } = parseConfig(text('{ name: m, tags: [pii], with: sha256 }'));
    expect(() => compilePolicy(policy)).toThrow('Use nullify, or say acceptGuessable: true.');
  });

  it('refuses dateShift without a key in BigQuery, and names nullify', () => {
    const mask =
      '{ name: m, tags: [pii], with: dateShift, key: k, context: id, lowerBoundDays: -1, upperBoundDays: 1 }';
    const { policy } = parseConfig(`${text(mask)}keys: { k: { fromEnv: K } }\n`);
    expect(() => compilePolicy(policy)).toThrow(
      'Name a keyDataset and run bigquery-guard keys install, or use nullify.',
    );
    expect(() => compilePolicy({ ...policy, keyDataset: 'guard_keys' })).not.toThrow();
  });

  it('refuses to skip what formatPreserving changes', () => {
    const mask = "{ name: m, tags: [pii], with: formatPreserving, key: k, alphabet: numeric, skip: '-1' }";
    const { policy } = parseConfig(`${text(mask)}keys: { k: { fromEnv: K } }\n`);
    expect(() => compilePolicy(policy)).toThrow('skip names characters of the alphabet numeric.');
  });
});
