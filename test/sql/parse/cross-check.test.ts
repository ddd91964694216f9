import { expect, test } from 'vitest';
import { lex } from '../../../src/sql/lexer/index.ts';
import { buildFragment } from '../../../src/sql/parse/fragment.ts';
import { noHoles, type Holes } from '../../../src/sql/parse/holes/holes.ts';
import { checkEaten, type Reader } from '../../../src/sql/parse/reader.ts';
import { Refusal } from '../../../src/sql/parse/refusal.ts';
import { openSource } from '../../../src/sql/parse/source.ts';

const text = 'SELECT a FROM t';
const all: readonly (readonly [number, number])[] = [
  [0, 6],
  [7, 8],
  [9, 13],
  [14, 15],
];

/** What the check says of a tree with these leaves: the range of its refusal, or nothing. */
const verdict = (leaves: readonly (readonly [number, number])[], holes: Holes = noHoles()): unknown => {
  const source = openSource(text, lex(text));
  const range = { start: 0, end: text.length };
  const fragment = buildFragment(source.safe, range, holes.edits, { prefix: '', suffix: '' });
  const reader: Reader = { source, fragment, holes, from: 0, to: 4, eaten: new Map(leaves) };
  try {
    checkEaten(reader);
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? [error.gap.code, error.gap.range] : error;
  }
};

test('a tree with a leaf for every token passes', () => {
  expect(verdict(all)).toBeUndefined();
});

test('a token without a leaf, a leaf of another size and a leaf without a token are misread', () => {
  expect([
    verdict(all.slice(0, 3)),
    verdict([...all.slice(0, 3), [14, 14]]),
    verdict([[0, 8], ...all.slice(2)]),
    verdict([...all, [8, 9]]),
  ]).toEqual([
    ['misread', { start: 14, end: 15 }],
    ['misread', { start: 14, end: 15 }],
    ['misread', { start: 0, end: 6 }],
    ['misread', { start: 0, end: 15 }],
  ]);
});

test('replaced text needs no leaf, but its note has to be taken', () => {
  const edits = [{ start: 14, end: 15, text: ' _ ' }];
  const holes: Holes = { ...noHoles(), edits };
  expect(verdict(all.slice(0, 3), holes)).toBeUndefined();
  holes.words.set(14, 'A');
  expect(verdict(all.slice(0, 3), holes)).toEqual(['misread', { start: 14, end: 14 }]);
});
