import { expect, it } from 'vitest';
import { freezePrincipal } from '../../src/call/principal.ts';

const ana = { id: 'ana', groups: ['owners'], delegation: ['gateway'], verified: true };

it('a principal is copied with its lists, so that nobody joins a group later', () => {
  const groups = ['owners'];
  const frozen = freezePrincipal({ ...ana, groups });
  groups.push('admins');
  expect(frozen).toEqual(ana);
  expect(() => Array.prototype.push.call(frozen.groups, 'admins')).toThrow(TypeError);
});

it('one that can never change is the same for every call', () => {
  const frozen = freezePrincipal(ana);
  expect(freezePrincipal(frozen)).toBe(frozen);
});

it('one of which a list can still change is not', () => {
  const half = Object.freeze({ ...ana });
  expect(freezePrincipal(half)).not.toBe(half);
});
