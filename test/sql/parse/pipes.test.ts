import { describe, expect, test } from 'vitest';
import type { Query } from '../../../src/sql/ast/index.ts';
import { parse } from '../../../src/sql/parse/index.ts';
import { queryOf, tablesOf, treeOf } from './trees.ts';

const marks: ReadonlySet<string> = new Set(['desugared', 'keepsNames']);

/** What a pipe query means, written without pipes; what marks its steps is left out. */
const means = (pipes: string, standard: string): void => {
  expect(plain(queryOf(pipes))).toEqual(plain(queryOf(standard)));
};

const plain = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (marks.has(key) ? undefined : value)));

describe('each operator means a query without pipes', () => {
  test.each([
    ['FROM t', 'SELECT * FROM t'],
    ['FROM d.t AS a, b JOIN c USING (k)', 'SELECT * FROM d.t AS a, b JOIN c USING (k)'],
    ['FROM t |> WHERE a |> WHERE t.b', 'SELECT * FROM t WHERE a AND t.b'],
    ['FROM t |> SELECT a, b + 1 AS c', 'SELECT a, b + 1 AS c FROM t'],
    ['FROM t |> WHERE x |> SELECT DISTINCT a', 'SELECT DISTINCT a FROM t WHERE x'],
    ['FROM t |> SELECT AS STRUCT a, b', 'SELECT AS STRUCT a, b FROM t'],
    ['FROM t |> SELECT DISTINCT AS d.row a, b', 'SELECT DISTINCT AS STRUCT a, b FROM t'],
    ['FROM t |> EXTEND a + 1 AS b', 'SELECT *, a + 1 AS b FROM t'],
    ['FROM t |> EXTEND a AS b |> WHERE b', 'SELECT * FROM (SELECT *, a AS b FROM t) WHERE b'],
    ['FROM t |> SET a = b, c = 1', 'SELECT * REPLACE (b AS a, 1 AS c) FROM t'],
    ['FROM t |> DROP a, b', 'SELECT * EXCEPT (a, b) FROM t'],
    ['FROM t |> AS u |> WHERE u.a', 'SELECT * FROM (SELECT * FROM t) AS u WHERE u.a'],
    ['FROM t |> LIMIT 1 OFFSET 2', 'SELECT * FROM t LIMIT 1 OFFSET 2'],
    ['FROM t |> ORDER BY a DESC, b NULLS LAST', 'SELECT * FROM t ORDER BY a DESC, b NULLS LAST'],
    ['FROM t |> ORDER BY a |> LIMIT 1', 'SELECT * FROM t ORDER BY a LIMIT 1'],
    ['FROM t |> AGGREGATE COUNT(*) AS n', 'SELECT COUNT(*) AS n FROM t'],
    [
      'FROM t |> AGGREGATE SUM(a) AS s GROUP BY b, c AS d',
      'SELECT b, c AS d, SUM(a) AS s FROM t GROUP BY b, c',
    ],
    [
      'FROM t |> AGGREGATE SUM(a) AS s GROUP AND ORDER BY b DESC',
      'SELECT * FROM (SELECT b, SUM(a) AS s FROM t GROUP BY b) ORDER BY 1 DESC',
    ],
    [
      'FROM t |> AGGREGATE SUM(a) AS s DESC GROUP BY ROLLUP(b, c)',
      'SELECT * FROM (SELECT b, c, SUM(a) AS s FROM t GROUP BY ROLLUP(b, c)) ORDER BY 3 DESC',
    ],
    ['FROM t |> DISTINCT', 'SELECT DISTINCT * FROM t'],
    ['FROM t |> JOIN u ON t.a = u.a', 'SELECT * FROM t JOIN u ON t.a = u.a'],
    [
      'FROM t |> WHERE a |> LEFT JOIN u AS v USING (k)',
      'SELECT * FROM (SELECT * FROM t WHERE a) LEFT JOIN u AS v USING (k)',
    ],
    ['FROM t |> CROSS JOIN u |> WHERE t.a = u.b', 'SELECT * FROM t CROSS JOIN u WHERE t.a = u.b'],
    ['FROM t |> TABLESAMPLE SYSTEM (1 PERCENT)', 'SELECT * FROM t TABLESAMPLE SYSTEM (1 PERCENT)'],
    ['FROM t |> PIVOT (SUM(a) FOR b IN (1, 2)) AS p', 'SELECT * FROM t PIVOT (SUM(a) FOR b IN (1, 2)) AS p'],
    ['FROM t |> UNPIVOT (a FOR b IN (c, d))', 'SELECT * FROM t UNPIVOT (a FOR b IN (c, d))'],
    ['SELECT a FROM t |> WHERE a', 'SELECT * FROM (SELECT a FROM t) WHERE a'],
    [
      'FROM t |> WITH c AS (FROM u) |> JOIN c USING (k)',
      'WITH c AS (SELECT * FROM u) SELECT * FROM t JOIN c USING (k)',
    ],
    [
      'FROM t |> AGGREGATE COUNT(*) DESC, SUM(a) GROUP BY b',
      'SELECT * FROM (SELECT b, COUNT(*), SUM(a) FROM t GROUP BY b) ORDER BY 2 DESC',
    ],
    ['FROM t |> ORDER BY a, |> LIMIT 1', 'SELECT * FROM t ORDER BY a LIMIT 1'],
    ['(SELECT a FROM t) AS u |> WHERE u.a', 'SELECT * FROM (SELECT a FROM t) AS u WHERE u.a'],
    ['(FROM t |> WHERE a) |> SELECT t.b', 'SELECT t.b FROM (SELECT * FROM t WHERE a)'],
    [
      'FROM t JOIN u USING (k) |> TABLESAMPLE SYSTEM (1 PERCENT)',
      'SELECT * FROM (SELECT * FROM t JOIN u USING (k)) TABLESAMPLE SYSTEM (1 PERCENT)',
    ],
    ['FROM t |> EXTEND (FROM u |> SELECT a) AS b', 'SELECT *, (SELECT a FROM u) AS b FROM t'],
    ['FROM t |> WINDOW SUM(a) OVER () AS s', 'SELECT *, SUM(a) OVER () AS s FROM t'],
  ])('%s', (pipes, standard) => {
    means(pipes, standard);
  });

  test('RENAME is a star with new names', () => {
    expect(plain(queryOf('FROM t |> RENAME a AS b, c d'))).toEqual({
      type: 'query',
      body: {
        type: 'select',
        items: [
          {
            type: 'selectStar',
            rename: [
              { from: 'a', to: 'b' },
              { from: 'c', to: 'd' },
            ],
          },
        ],
        from: { type: 'table', path: 't' },
      },
    });
  });

  test('set operations take several queries and match by name', () => {
    const tree = queryOf('FROM t |> FULL UNION ALL BY NAME (SELECT 1 FROM u), (FROM v)');
    const inner = { type: 'setOperation', operator: 'UNION', all: true, match: 'name', keep: 'full' };
    expect(tree).toMatchObject({ body: { ...inner, left: { ...inner } } });
    expect(tablesOf('FROM t |> FULL UNION ALL BY NAME (SELECT 1 FROM u), (FROM v)')).toEqual(['t', 'u', 'v']);
  });

  test('CALL puts the rows first, or where INPUT TABLE stands', () => {
    const query = { type: 'query', query: { type: 'query' } };
    expect([queryOf('FROM t |> CALL f(1)'), queryOf('FROM t |> CALL f(1, INPUT TABLE)')]).toMatchObject([
      { body: { from: { type: 'tableFunction', name: 'f', arguments: [{ value: query }, {}] } } },
      { body: { from: { type: 'tableFunction', name: 'f', arguments: [{}, { value: query }] } } },
    ]);
  });
});

const keepsNames = (text: string): unknown => {
  const { body } = parsedQuery(text);
  const left = body.type === 'select' && body.from?.type === 'join' ? body.from.left : undefined;
  const inner = left?.type === 'derivedTable' ? left.query.body : undefined;
  return inner?.type === 'select' ? inner.keepsNames : undefined;
};

const parsedQuery = (text: string): Query => {
  const [statement] = parse(text).script?.statements ?? [];
  if (statement?.type !== 'queryStatement') throw new Error(`${text} is no query`);
  return statement.query;
};

describe('names of tables', () => {
  test.each(['WHERE a', 'LIMIT 1', 'DISTINCT', 'SET a = 1', 'DROP a', 'RENAME a b', 'EXTEND 1 AS b'])(
    '%s passes rows on and keeps them',
    (operator) => {
      expect(keepsNames(`FROM t |> ${operator} |> JOIN u USING (k)`)).toBe(true);
    },
  );

  test.each(['SELECT a', 'AGGREGATE COUNT(*)', 'AS v', 'UNION ALL (SELECT 1)'])(
    '%s makes a table of its own without them',
    (operator) => {
      expect(keepsNames(`FROM t |> ${operator} |> JOIN u USING (k)`)).toBe(undefined);
    },
  );

  test.each([
    'FROM t |> JOIN u USING (k) |> WITH t AS (SELECT 1) |> SELECT 1',
    'FROM t |> ORDER BY (SELECT MAX(a) FROM c) |> WITH c AS (SELECT 1) |> SELECT 1',
  ])('a name given to a table that was read before is refused: %s', (text) => {
    expect(treeOf(text)).toEqual(['unsupported']);
  });
});

describe('pipes stand wherever a query stands', () => {
  test.each([
    ['WITH a AS (FROM t |> WHERE x), b AS (SELECT 1) SELECT * FROM a', ['t', 'a']],
    ['WITH a AS (SELECT 1 FROM t) FROM a |> WHERE x IN (FROM u |> SELECT y)', ['t', 'a', 'u']],
    [
      'SELECT ARRAY(FROM t |> SELECT x), (FROM u |> AGGREGATE COUNT(*)), EXISTS(FROM v) FROM w',
      ['t', 'u', 'v', 'w'],
    ],
    ['INSERT INTO x (FROM t |> SELECT a)', ['x', 't']],
    ['FROM t |> UNION ALL BY NAME (FROM u)', ['t', 'u']],
    ['SELECT * FROM ((SELECT a FROM t) AS u |> WHERE u.a)', ['t']],
    ['CREATE TABLE x AS FROM t |> SELECT a', ['t']],
    ['INSERT INTO x (a) FROM t |> SELECT a', ['x', 't']],
    ['EXPORT DATA OPTIONS (uri = "x") AS FROM t |> SELECT a', ['t']],
    [
      'BEGIN IF a THEN FROM t |> SELECT 1; END IF; FROM u |> WHERE CASE WHEN a THEN b ELSE c END; END',
      ['t', 'u'],
    ],
    ['CREATE PROCEDURE p() BEGIN FROM t |> SELECT 1; SELECT 2 FROM u; END', ['t', 'u']],
    ['FOR r IN (FROM t |> SELECT a) DO FROM u |> SELECT r.a; END FOR', ['t', 'u']],
    [
      'FROM t |> MATCH_RECOGNIZE (PARTITION BY p ORDER BY o MEASURES MAX(a.x) AS m PATTERN (a+ b?) DEFINE a AS y > 1)',
      ['t'],
    ],
  ])('%s', (text, expected) => {
    expect(tablesOf(text)).toEqual(expected);
  });

  test('the type of CAST is no name for the query before it', () => {
    expect(tablesOf('SELECT CAST((SELECT a FROM t) AS INT64)')).toEqual(['t']);
  });

  test('ranges of steps are those of the text', () => {
    const text = 'FROM d.t |> WHERE a > 1 |> SELECT b';
    const [statement] = parse(text).script?.statements ?? [];
    const query = statement?.type === 'queryStatement' ? statement.query : undefined;
    const select = query?.body.type === 'select' ? query.body : undefined;
    const where = select?.where?.range;
    const table = select?.from?.type === 'table' ? select.from.pathRange : undefined;
    expect([query?.desugared, where, table]).toEqual([
      undefined,
      { start: 18, end: 23 },
      { start: 5, end: 8 },
    ]);
  });

  test.each([
    'FROM t |> ASSERT a',
    'FROM t |> LOG',
    'FROM t |> FORK (), ()',
    'FROM t |>',
    'FROM t |> |> WHERE a',
  ])('%s is a typed gap', (text) => {
    expect(treeOf(text)).toEqual([text.endsWith('>') || text.includes('|> |>') ? 'syntax' : 'unsupported']);
  });
});
