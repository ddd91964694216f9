import { expect, it } from 'vitest';
import { contextKey } from '../../src/call/context.ts';
import { someContext } from './harness.ts';

it('a key answers its initial value until one is set, for each context apart', () => {
  const masks = contextKey<readonly string[]>('masks', []);
  const [first, second] = [someContext(), someContext()];
  first.set(masks, ['email']);
  expect([first.get(masks), second.get(masks)]).toEqual([['email'], []]);
});

it('undefined can be set', () => {
  const limit = contextKey<number | undefined>('limit', 7);
  const context = someContext();
  context.set(limit, undefined);
  expect(context.get(limit)).toBe(undefined);
});

it('two keys of one description are two slots', () => {
  const [first, second] = [contextKey('same', 1), contextKey('same', 2)];
  const context = someContext();
  context.set(first, 3);
  expect(context.get(second)).toBe(2);
});

it('the principal of a context cannot be changed', () => {
  const context = someContext();
  expect(() => Object.assign(context.principal, { id: 'admin' })).toThrow(TypeError);
  expect(() => Object.assign(context, { principal: { id: 'admin' } })).toThrow(TypeError);
});
