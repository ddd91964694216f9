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

test.each([
  'SELECT a ORDER BY b FROM t',
  'SELECT a FROM t WHERE b WHERE c',
  'SELECT a FROM t FOR SYSTEM_TIME FROM hidden AS OF b',
  'SELECT a FROM t FOR SYSTEM TIME (SELECT b FROM hidden) AS OF c',
  'SELECT a FROM t QUALIFY b HAVING c',
  'SELECT a FROM t WINDOW w AS () QUALIFY b',
  'SELECT a FROM t LIMIT 1 ORDER BY b',
  'SELECT ALL DISTINCT a',
  'SELECT AS STRUCT DISTINCT a',
  'SELECT f(SELECT 1)',
  'SELECT ARRAY(1)',
  'SELECT ARRAY()',
  'SELECT WITH(1)',
  'SELECT * REPLACE (1 a) FROM t',
  'SELECT * EXCEPT () FROM t',
  'SELECT * EXCEPT (a,) FROM t',
  'SELECT * EXCEPT (b) REPLACE (1 a) FROM t',
  'SELECT CAST(a AS STRING(-1))',
  'SELECT CAST(a AS ANY TYPE)',
  'WITH a(b) AS (SELECT 1) SELECT b FROM a',
  'CREATE TABLE t (a)',
  'CREATE TABLE t (a OPTIONS (x = 1)) AS SELECT 1 AS a',
  'CREATE FUNCTION f(x INT64) RETURNS ANY TYPE AS (x)',
  'CREATE FUNCTION f(x ANY TYPE(2)) AS (x)',
  "SELECT a IN @{x = 1} ('b')",
  'SELECT a FROM t ORDER BY @{x = 1} a',
  ...['-1', '1 + 1', '? + 1', 'CAST(? AS INT64)', '', 'a'].map(
    (bound) => `SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a PATTERN (b{${bound}}) DEFINE b AS TRUE)`,
  ),
])('%s is no GoogleSQL, though the parser may take it', (text) => {
  const { script, gaps } = parse(text);
  expect([script, gaps.map((gap) => gap.code)]).toEqual([undefined, ['syntax']]);
});

test.each([
  'SELECT ARRAY((SELECT 1))',
  'SELECT ARRAY((SELECT 1) UNION ALL (SELECT 2))',
  'SELECT f((SELECT 1))',
  'SELECT a IN @{x = 1} (SELECT 1)',
  'SELECT @{x = 1} a FROM t @{y = 2} GROUP @{z = 3} BY a',
  'SELECT a FROM t WHERE b GROUP BY c HAVING d QUALIFY e WINDOW w AS () ORDER BY f LIMIT 1 OFFSET 2',
  ...['2', '1,', ',@n', '1,2', ','].map(
    (bound) => `SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a PATTERN (b{${bound}}) DEFINE b AS TRUE)`,
  ),
])('%s has no gap', (text) => {
  expect(parse(text).gaps).toEqual([]);
});

test('a gap tells where it is, and nothing of the values in the text', () => {
  expect(parse("SELECT 'secret' 1").gaps).toEqual([
    { code: 'syntax', message: 'The text cannot be read from here on.', range: { start: 16, end: 17 } },
  ]);
});

test('every node type and field of the parser is read or listed with a reason', () => {
  expect(coverageFaults()).toEqual([]);
});
