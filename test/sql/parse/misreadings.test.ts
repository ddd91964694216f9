import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/sql/parse/index.ts';
import { expressionOf, tablesOf, treeOf } from './trees.ts';

describe('no table is hidden from the tree', () => {
  test.each([
    [
      'SELECT 1 /* sql-parser-cst-disable */ FROM s /* sql-parser-cst-enable */',
      { gaps: ['lexer', 'lexer'] },
    ],
    [String.raw`SELECT r'\' , '' FROM s -- ' FROM ok`, { gaps: ['syntax'] }],
    [String.raw`SELECT r'a\'', b FROM s -- '`, ['s']],
    [String.raw`SELECT r"""a\"""", b FROM s -- """`, ['s']],
    [String.raw`SELECT 'a\\', b FROM s -- '`, ['s']],
    ['SELECT `a\\`b`, c FROM s', ['s']],
    ['SELECT * FROM `us\\u0065rs`', ['users']],
    ['SELECT * FROM `p.d.t`, `p`.`d.u`, p.`d`.v', ['p/d/t', 'p/d/u', 'p/d/v']],
    ['SELECT a FROM t WHERE b = 1 # FROM hidden\n AND c', ['t']],
    ['SELECT $$ FROM s $$', { gaps: ['syntax'] }],
    ["SELECT x'41' FROM s", { gaps: ['misread'] }],
    ["SELECT a FROM t AS 'b'", { gaps: ['misread'] }],
    ["SELECT 'it''s' FROM s", { gaps: ['syntax'] }],
    ['SELECT (((FROM s)))', ['s']],
    ['SELECT 1 FROM p-1.d.t, q-2a.d.u JOIN r-s-3.d.v ON x-1 = 2', ['p-1/d/t', 'q-2a/d/u', 'r-s-3/d/v']],
    [
      'SELECT * FROM ds.INFORMATION_SCHEMA.COLUMNS, `p`.`region-us`.INFORMATION_SCHEMA.JOBS, `p.d.events_*`',
      ['ds/INFORMATION_SCHEMA/COLUMNS', 'p/region-us/INFORMATION_SCHEMA/JOBS', 'p/d/events_*'],
    ],
    ['SELECT * FROM d.2020_x', ['d/2020_x']],
    ['MERGE t USING p-1.d.s ON FALSE WHEN NOT MATCHED THEN INSERT ROW', ['t', 'p-1/d/s']],
    ['SELECT WITH(a AS (SELECT 1 FROM s), a), f(x -> (SELECT 2 FROM u)) FROM t', ['s', 'u', 't']],
    [
      'SELECT * EXCEPT (a) REPLACE ((SELECT 1 FROM s) AS b), f(x).* REPLACE ((SELECT 2 FROM u) AS c) FROM t',
      ['s', 'u', 't'],
    ],
    ['SELECT * FROM t FOR SYSTEM_TIME AS OF (SELECT a FROM s) JOIN u ON TRUE', ['t', 's', 'u']],
    ['SELECT * FROM t PIVOT (SUM(a) FOR b IN (1, 2)), u UNPIVOT (x FOR y IN (c, d)) AS z', ['t', 'u']],
    ['CREATE MODEL m OPTIONS (a = 1) AS SELECT * FROM t', ['t']],
    ['CREATE MODEL m OPTIONS (a = (SELECT 1 FROM s)) AS SELECT * FROM t', { gaps: ['unsupported'] }],
    ['ALTER VIEW v SET OPTIONS (a = (SELECT 1 FROM s))', { gaps: ['unsupported'] }],
    ['CREATE FUNCTION f() AS (1) OPTIONS (a = (SELECT 1 FROM s))', { gaps: ['unsupported'] }],
  ])('%s', (text, expected) => {
    expect(tablesOf(text)).toEqual(expected);
  });

  test('a look-alike, an escape in a bare name and a zero-width space are refused', () => {
    const texts = ['SELECT * FROM \u0430dmin', String.raw`SELECT * FROM us\u0065rs`, 'SELECT a\u200B FROM t'];
    expect(texts.map(treeOf)).toEqual([['lexer'], ['lexer'], ['lexer']]);
  });
});

const column = (name: string): unknown => ({ type: 'path', parts: name });

describe('dashes', () => {
  test('a dash outside of a table path is a subtraction', () => {
    const zero = { type: 'literal', kind: 'integer', value: '0' };
    expect(expressionOf('salary-0')).toEqual({
      type: 'binary',
      operator: '-',
      left: column('salary'),
      right: zero,
    });
    expect(expressionOf('u.salary-loyalty_points')).toEqual({
      type: 'binary',
      operator: '-',
      left: column('u/salary'),
      right: column('loyalty_points'),
    });
  });
});

describe('operators bind as GoogleSQL has them', () => {
  const nested = (text: string): string => show(expressionOf(text));

  const show = (tree: unknown): string => {
    if (typeof tree !== 'object' || tree === null || !('type' in tree)) return '?';
    if ('operator' in tree && 'left' in tree && 'right' in tree) {
      return `(${show(tree.left)} ${String(tree.operator)} ${show(tree.right)})`;
    }
    if ('operator' in tree && 'operand' in tree) return `(${String(tree.operator)} ${show(tree.operand)})`;
    if ('low' in tree && 'high' in tree && 'operand' in tree) {
      return `(${show(tree.operand)} between ${show(tree.low)} and ${show(tree.high)})`;
    }
    if ('test' in tree && 'operand' in tree) return `(${show(tree.operand)} is ${String(tree.test)})`;
    return 'parts' in tree ? String(tree.parts) : 'value' in tree ? String(tree.value) : String(tree.type);
  };

  test.each([
    ['a + b * c', '(a + (b * c))'],
    ['a + b || c', '(a + (b || c))'],
    ['a - b - c', '((a - b) - c)'],
    ['-a * b', '((- a) * b)'],
    ['- - a', '(- (- a))'],
    ['~a | b ^ c & d << 1 + 2', '((~ a) | (b ^ (c & (d << (1 + 2)))))'],
    ['a | b = c', '((a | b) = c)'],
    ['NOT a = b', '(NOT (a = b))'],
    ['NOT a AND b OR c', '(((NOT a) AND b) OR c)'],
    ['a OR b AND c', '(a OR (b AND c))'],
    ['a BETWEEN 1 AND 2 + 3 AND c', '((a between 1 and (2 + 3)) AND c)'],
    ['NOT a IS NULL', '(NOT (a is null))'],
    ['a <> b', '(a != b)'],
    ['(a)', 'a'],
  ])('%s', (text, expected) => {
    expect(nested(text)).toBe(expected);
  });

  test.each(['a = b = c', 'a < b IS NULL', 'a = NOT b', 'a IN (1) = b', 'a LIKE b LIKE c', '- NOT a'])(
    '%s needs parentheses',
    (text) => {
      expect(parse(`SELECT ${text}`).script).toBeUndefined();
    },
  );

  test.each([
    'SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3',
    'SELECT 1 UNION ALL SELECT 2 EXCEPT DISTINCT SELECT 3',
    'SELECT 1 UNION SELECT 2',
    'SELECT 1 LIMIT 1 UNION ALL SELECT 2',
    'SELECT 1 ORDER BY 1 UNION ALL SELECT 2',
  ])('%s needs parentheses or a word', (text) => {
    expect(treeOf(text)).toEqual(['syntax']);
  });
});
