import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../../../src/sql/index.ts';

test('everything outside the edits stays as it is', () => {
  const { text } = applyEdits('SELECT a /* é */ FROM t', [
    { start: 22, end: 23, text: '(x)' },
    { start: 7, end: 8, text: 'b' },
  ]);
  expect(text).toBe('SELECT b /* é */ FROM (x)');
});

test('edits that overlap are an error', () => {
  const edits = [
    { start: 0, end: 3, text: '' },
    { start: 2, end: 4, text: '' },
  ];
  expect(() => applyEdits('abcdef', edits)).toThrow(RangeError);
});

test('no edit gives the same text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => applyEdits(text, []).text === text));
});

test('each kept place is mapped there and back', () => {
  const places = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.string({ minLength: 41, maxLength: 60 }), places, (text, at) => {
      const edits = at.map((start) => ({ start, end: start, text: '<>' }));
      const { positions, text: rewritten } = applyEdits(text, edits);
      for (let offset = 0; offset < text.length; offset += 1) {
        const there = positions.toRewritten(offset);
        expect(rewritten[there]).toBe(text[offset]);
        expect(positions.toOriginal(there)).toBe(offset);
      }
    }),
  );
});

test.each([
  ['a tab moves to the next eight', 'a\tb c', 4, { line: 1, column: 11 }],
  ['a character outside the basic plane is one', '😀x c', 4, { line: 1, column: 4 }],
  ['a line ends at CRLF', 'a\r\nbc', 4, { line: 2, column: 2 }],
])('%s', (_what, text, offset, position) => {
  const { positions } = applyEdits(text, []);
  expect(positions.originalPosition(position)).toEqual(position);
  expect(
    applyEdits(text, [{ start: 0, end: 0, text: '\n' }]).positions.rewrittenPosition(position).line,
  ).toBe(position.line + 1);
  expect(text[offset]).not.toBe(undefined);
});
