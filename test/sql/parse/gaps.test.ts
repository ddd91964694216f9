import { expect, test } from 'vitest';
import { coverageFaults } from '../../conformance/parse-coverage.ts';
import { parse } from '../../../src/sql/parse/index.ts';

test.each([
  ['SELECT', 'syntax'],
  ['SELECT 1 FROM', 'syntax'],
  ['SELECT a b c', 'syntax'],
  ['SELECT * FROM (t)', 'syntax'],
  ['SELECT CAST(a AS NOTHING)', 'syntax'],
  ['SELECT INTERVAL 1 FORTNIGHT', 'syntax'],
  ['EXPLAIN SELECT 1', 'unsupported'],
  ['GRAPH g MATCH (a) RETURN a', 'unsupported'],
  ['SELECT * FROM GRAPH_TABLE(g MATCH (a) RETURN a)', 'unsupported'],
  ['SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = (SELECT 1)) a FROM t', 'unsupported'],
  ['SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon) a FROM t', 'syntax'],
  ['SELECT ANON_SUM(a CLAMPED BETWEEN 0 AND @x) FROM t', 'unsupported'],
  [`SELECT ${'(SELECT '.repeat(201)}1${')'.repeat(201)}`, 'limit'],
  [`SELECT ${'NOT '.repeat(50_000)}a`, 'limit'],
  [`SELECT ${'- '.repeat(50_000)}a`, 'limit'],
])('%.60s has a gap of its kind and no tree', (text, code) => {
  const { script, gaps } = parse(text);
  expect([script, gaps.map((gap) => gap.code)]).toEqual([undefined, [code]]);
});

test('a gap tells where it is, and nothing of the values in the text', () => {
  expect(parse("SELECT 'secret' 1").gaps).toEqual([
    { code: 'syntax', message: 'The text cannot be read from here on.', range: { start: 16, end: 17 } },
  ]);
});

test('every node type and field of the parser is read or listed with a reason', () => {
  expect(coverageFaults()).toEqual([]);
});
