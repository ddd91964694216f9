import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { maskKeys } from '../../src/config/mask-keys.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { compilePolicy } from '../../src/middleware/policy/index.ts';

const file = (masks: string): string => `version: 1
project: acme
tags: { pii: { columns: [shop.customers.email] } }
keys: { tokens: { fromEnv: TOKEN_KEY } }
masks: [${masks}]
audit: { folder: /tmp/audit }
`;

describe('the keys of masks', () => {
  it.each([
    ['is not there', undefined],
    ['is no base64', 'not a key!'],
    ['has less than 32 bytes', Buffer.alloc(31).toString('base64')],
  ])('that %s are an error that does not show them', async (fault, value) => {
    const sources = { tokens: [{ id: 1, fromEnv: 'TOKEN_KEY' }] } as const;
    const failure: unknown = await maskKeys(sources, { environment: { TOKEN_KEY: value } }).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).toContain(`The key tokens under keys ${fault}.`);
    if (value !== undefined) expect(inspect(failure)).not.toContain(value);
  });

  it('must be there for every mask that names one', () => {
    const masks = '{ name: m, tags: [pii], with: cryptoHash, key: other }';
    expect(() => parseConfig(file(masks))).toThrow(
      /there is no key other under keys. Add it, or use nullify/,
    );
  });
});

it('several masks on one column count by strictness, or by use as at Google', () => {
  const { policy } = parseConfig(file('{ name: m, tags: [pii], with: firstFour }'));
  const order = ['sha256', 'nullify', 'lastFour', 'routine'] as const;
  const sorted = (conflict: 'strictest' | 'google'): unknown => {
    const { precedence } = compilePolicy({ ...policy, conflict });
    return order.toSorted((a, b) => precedence(a) - precedence(b));
  };
  expect(sorted('strictest')).toEqual(['nullify', 'sha256', 'lastFour', 'routine']);
  expect(sorted('google')).toEqual(['routine', 'sha256', 'lastFour', 'nullify']);
});
