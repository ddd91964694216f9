import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName, mayMatchName } from '../../../src/middleware/policy/match-name.ts';

describe('a name pattern', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'shop2', false],
    ['*', 'shop', true],
    ['*', 'shop.orders', false],
    ['**', 'shop.orders.email', true],
    ['**', '', true],
    ['**.ssn', 'hr.people.ssn', true],
    ['**.ssn', 'hr.people.details.ssn', true],
    ['**.ssn', 'ssn', true],
    ['**.ssn', 'hr.people.ssn2', false],
    ['shop.*.email', 'shop.customers.email', true],
    ['shop.*.email', 'shop.a.b.email', false],
    ['shop.ev*_2024', 'shop.events_2024', true],
    ['shop.events_*', 'shop.events_*', true],
    ['shop.events_2024*', 'shop.events_*', false],
    ['shop.*', 'shop.events_*', true],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name === '' ? [] : name.split('.'))).toBe(expected);
  });

  it.each([
    ['shop.events_2024*', 'shop.events_*', true],
    ['shop.events_2024', 'shop.events_*', true],
    ['shop.orders', 'shop.events_*', false],
    ['shop.*s', 'shop.ev*', true],
    ['shop.a*', 'shop.b*', false],
  ])('%s may match a table of %s: %s', (pattern, name, expected) => {
    expect(mayMatchName(pattern, name.split('.'))).toBe(expected);
  });

  it('that matches also may match', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const segments = name.split('.');
        return !matchesName(pattern, segments) || mayMatchName(pattern, segments);
      }),
    );
  });

  it('answers hostile patterns in short time', () => {
    expect(matchesName('*a'.repeat(60), ['a'.repeat(120)])).toBe(true);
    expect(matchesName('*a'.repeat(60), ['b'.repeat(2_000)])).toBe(false);
  });
});
