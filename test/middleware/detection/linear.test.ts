import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outline } from '../../../src/middleware/detection/outline.ts';
import { longestText, searchText } from '../../../src/middleware/detection/search-text.ts';
import { counted, everything, searching } from './harness.ts';

/**
 * Work is counted, not timed: how often characters are looked at, how many are copied, how many a search for one
 * passes. What runs over a text – our own loops, and those of the engine for patterns – can look at it in no other way;
 * expressions of JavaScript run over pieces of a bounded length.
 */
let work = 0;
const names = ['charCodeAt', 'codePointAt', 'slice', 'indexOf'] as const;
const originals = Object.getOwnPropertyDescriptors(String.prototype);

type Cost = (result: unknown, self: unknown, from: unknown) => number;

const one: Cost = () => 1;

const costs: Readonly<Record<(typeof names)[number], Cost>> = {
  charCodeAt: one,
  codePointAt: one,
  slice: (part) => String(part).length,
  indexOf: (at, self, from = 0) => (at === -1 ? String(self).length : Number(at)) - Number(from),
};

const { prototype } = String;

beforeEach(() => {
  for (const name of names) {
    const method = new Proxy(Object(originals[name].value), {
      apply(target, self, parts): unknown {
        const result = Reflect.apply(target, self, parts);
        work += costs[name](result, self, parts[name === 'indexOf' ? 1 : 0]);
        return result;
      },
    });
    Object.defineProperty(prototype, name, { ...originals[name], value: method });
  }
});

afterEach(() => {
  for (const name of names) Object.defineProperty(prototype, name, originals[name]);
});

function workFor(text: string, rule = everything): number {
  const how = searching(rule);
  work = 0;
  searchText(text, 'customer ssn', how);
  return work;
}

const size = 8_000;

/** The whole of it may be as hard as it likes; twice of it is no more than twice as hard. */
function expectLinear(fragment: string, rule = everything): void {
  const text = (length: number): string => fragment.repeat(Math.ceil(length / fragment.length));
  const once = workFor(text(size), rule);
  expect(workFor(text(2 * size), rule) / once).toBeLessThan(2.2);
  expect(once / text(size).length).toBeLessThan(250);
}

describe('the work of a search', () => {
  it('is counted', () => {
    expect(workFor('a'.repeat(100))).toBeGreaterThanOrEqual(100);
    expect(outline('@')).toBe(1);
    expect(work).toBeGreaterThan(100);
  });

  it.each([
    'a',
    '1',
    '@',
    'a@',
    'a@b.c',
    '@a.',
    '.a@a.a',
    '4111 ',
    '4111-1111-1111-111',
    '1 ',
    '4',
    '4111111111111111',
    'DE89',
    'DE89 ',
    'DE89370400440532013001 ',
    'AD12-',
    '+1',
    '+49 ',
    '+',
    '(415) 555-267',
    '415-',
    '00 ',
    '1.2.3.',
    '1.2.3.4.',
    '1.2.3.4 ',
    ':',
    'a:',
    'a:b::',
    '2001:db8::1 ',
    '078-05-1120 ',
    '123-45-',
    'ssn ',
    'eyJaaaaaaaaaa.',
    'eyJ',
    'AKIA',
    '-----BEGIN',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY----- -----END ',
    'aws_secret_access_key = ',
    'sk-',
    'SG.',
    'ada@x.example ',
  ])('grows with the text that repeats %j, and no faster', (fragment) => {
    expectLinear(fragment);
  });

  it('grows no faster for any text that repeats itself', () => {
    const pieces = [
      'a',
      'f',
      'Z',
      '0',
      '1',
      '4',
      '9',
      '@',
      '.',
      ':',
      '-',
      '+',
      '(',
      ')',
      ' ',
      '_',
      'eyJ',
      'DE',
      '-----BEGIN',
    ];
    const fragment = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fragment, (parts) => {
        expectLinear(parts.join(''));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it.each(['(a+)+$', '(a|a)*b', '(?:a?){40}a{40}b', '.*.*.*=.*', '[a-z]+[0-9]', '(.*)*x'])(
    'grows no faster for the pattern %j',
    (pattern) => {
      expectLinear('a', { name: 'r', patterns: { p: pattern }, action: 'redact' });
    },
  );

  it('ends at a length, beyond which a text counts as found', () => {
    const how = searching(everything);
    work = 0;
    expect(searchText('a'.repeat(longestText + 1), '', how)).toBe('[unsearched]');
    expect(work).toBeLessThan(100);
    expect(counted(how)).toEqual({ unsearched: 1 });
  });
});
