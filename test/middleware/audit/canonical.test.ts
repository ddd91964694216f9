import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from '../../../src/middleware/audit/canonical.ts';

test('is what another implementation of RFC 8785 writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }), (value) => {
      expect(canonicalText(value)).toBe(canonicalize(value));
    }),
    { numRuns: 150 },
  );
});

test.each([
  [{ '\ufffc': 1, '\ud800': 2, a: { b: '\ud800' } }, '{"a":{"b":"\ufffd"},"\ufffc":1,"\ufffd":2}'],
  [{ b: undefined, a: [undefined, -0, 1e21] }, '{"a":[null,0,1e+21]}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [undefined, 'null'],
])('%j becomes %s', (value, text) => {
  expect(canonicalText(value)).toBe(text);
});

test('an object may stand twice beside itself, and not within itself', () => {
  const twice = { a: 1 };
  expect(canonicalText([twice, twice])).toBe('[{"a":1},{"a":1}]');
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  expect(() => canonicalText(cycle)).toThrow(expect.objectContaining({ guardCode: 'ERR_MIDDLEWARE' }));
});
