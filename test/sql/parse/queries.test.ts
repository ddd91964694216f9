import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/sql/parse/index.ts';
import { expressionOf, queryOf } from './trees.ts';

const column = (name: string): unknown => ({ type: 'path', parts: name });
const integer = (value: string): unknown => ({ type: 'literal', kind: 'integer', value });
const string = (value: string): unknown => ({ type: 'literal', kind: 'string', value });
const argument = (expression: unknown): unknown => ({ value: { type: 'expression', expression } });

describe('expressions', () => {
  test.each([
    ["'a' \"b\" r'\\n'", string('ab\\n')],
    ["b'a' B'\\x00'", { type: 'literal', kind: 'bytes', value: 'a\0' }],
    ["DATE '2024-01-01'", { type: 'literal', kind: 'date', value: '2024-01-01' }],
    ["DECIMAL '1.5'", { type: 'literal', kind: 'numeric', value: '1.5' }],
    ["BIGDECIMAL '1'", { type: 'literal', kind: 'bignumeric', value: '1' }],
    [
      "RANGE<DATE> '[2024-01-01, UNBOUNDED)'",
      {
        type: 'rangeLiteral',
        elementType: { type: 'simpleType', name: 'DATE' },
        value: '[2024-01-01, UNBOUNDED)',
      },
    ],
    ['0x1F', integer('0x1F')],
    ['@name', { type: 'parameter', name: 'name', position: null }],
    ['@@error.message', { type: 'systemVariable', parts: 'error/message' }],
    ['a.b.c', column('a/b/c')],
    [
      'a.b[0].c',
      {
        type: 'field',
        object: { type: 'subscript', object: column('a/b'), index: integer('0'), by: 'key' },
        field: 'c',
      },
    ],
    ['(a).b', { type: 'field', object: column('a'), field: 'b' }],
    [
      'IF(a, b, c).d',
      {
        type: 'field',
        object: {
          type: 'call',
          name: 'IF',
          arguments: ['a', 'b', 'c'].map((name) => argument(column(name))),
        },
        field: 'd',
      },
    ],
    [
      'SAFE.SUBSTR(a, 1)',
      {
        type: 'call',
        name: 'SUBSTR',
        safe: true,
        arguments: [argument(column('a')), argument(integer('1'))],
      },
    ],
    ['COUNT(*)', { type: 'call', name: 'COUNT', arguments: [{ value: { type: 'star' } }] }],
    [
      'DATE_TRUNC(a, MONTH)',
      {
        type: 'call',
        name: 'DATE_TRUNC',
        arguments: [argument(column('a')), argument({ type: 'datePart', part: 'MONTH' })],
      },
    ],
    [
      'DATE_DIFF(a, b, WEEK(MONDAY))',
      {
        type: 'call',
        name: 'DATE_DIFF',
        arguments: [
          argument(column('a')),
          argument(column('b')),
          argument({ type: 'datePart', part: 'WEEK', weekday: 'MONDAY' }),
        ],
      },
    ],
    [
      "EXTRACT(HOUR FROM a AT TIME ZONE 'UTC')",
      {
        type: 'extract',
        part: { type: 'datePart', part: 'HOUR' },
        from: column('a'),
        timeZone: string('UTC'),
      },
    ],
    [
      'CAST(a AS BOOLEAN)',
      { type: 'cast', operand: column('a'), dataType: { type: 'simpleType', name: 'BOOLEAN' } },
    ],
    [
      'CAST(double AS DOUBLE)',
      { type: 'cast', operand: column('double'), dataType: { type: 'simpleType', name: 'DOUBLE' } },
    ],
    [
      'CAST(a AS VARCHAR(10))',
      {
        type: 'cast',
        operand: column('a'),
        dataType: { type: 'simpleType', name: 'VARCHAR', parameters: ['10'] },
      },
    ],
    [
      'ARRAY<STRUCT<x INT32, y FLOAT>>[]',
      {
        type: 'array',
        elementType: {
          type: 'structType',
          fields: [
            { name: 'x', dataType: { type: 'simpleType', name: 'INT32' } },
            { name: 'y', dataType: { type: 'simpleType', name: 'FLOAT' } },
          ],
        },
      },
    ],
    [
      'ARRAY(SELECT a)[SAFE_OFFSET(0)].b',
      {
        type: 'field',
        object: {
          type: 'subscript',
          object: {
            type: 'arrayQuery',
            query: {
              type: 'query',
              body: { type: 'select', items: [{ type: 'selectExpression', value: column('a') }] },
            },
          },
          index: integer('0'),
          by: 'safe_offset',
        },
        field: 'b',
      },
    ],
    [
      "SAFE_CAST(a AS STRING(10) FORMAT 'x')",
      {
        type: 'cast',
        safe: true,
        operand: column('a'),
        dataType: { type: 'simpleType', name: 'STRING', parameters: ['10'] },
        format: string('x'),
      },
    ],
    [
      'INTERVAL -1 DAY',
      {
        type: 'interval',
        value: { type: 'unary', operator: '-', operand: integer('1') },
        unit: 'DAY',
      },
    ],
    [
      "INTERVAL '1-2' YEAR TO MONTH",
      { type: 'interval', value: string('1-2'), unit: 'YEAR', toUnit: 'MONTH' },
    ],
    [
      'a NOT LIKE ALL (b, c)',
      {
        type: 'like',
        operand: column('a'),
        negated: true,
        quantifier: 'ALL',
        patterns: { type: 'list', items: [column('b'), column('c')] },
      },
    ],
    ['a IN UNNEST(b)', { type: 'in', operand: column('a'), values: { type: 'unnest', array: column('b') } }],
    ['a IS NOT UNKNOWN', { type: 'is', operand: column('a'), test: 'null', negated: true }],
    ['(a, b)', { type: 'struct', tuple: true, fields: [{ value: column('a') }, { value: column('b') }] }],
    [
      'STRUCT<x INT64>(a)',
      {
        type: 'struct',
        fields: [{ value: column('a') }],
        dataType: {
          type: 'structType',
          fields: [{ name: 'x', dataType: { type: 'simpleType', name: 'INT64' } }],
        },
      },
    ],
    [
      'WITH(a AS 1, a)',
      { type: 'with', bindings: [{ name: 'a', value: integer('1') }], result: column('a') },
    ],
    [
      'f(x => (a, b) -> a)',
      {
        type: 'call',
        name: 'f',
        arguments: [{ name: 'x', value: { type: 'lambda', parameters: 'a/b', body: column('a') } }],
      },
    ],
    [
      'SUM(a) OVER (w ORDER BY b NULLS LAST ROWS BETWEEN @n PRECEDING AND CURRENT ROW)',
      {
        type: 'call',
        name: 'SUM',
        arguments: [argument(column('a'))],
        window: {
          base: 'w',
          orderBy: [{ value: column('b'), nulls: 'LAST' }],
          frame: {
            unit: 'ROWS',
            start: { type: 'preceding', distance: { type: 'parameter', name: 'n', position: null } },
            end: { type: 'currentRow' },
          },
        },
      },
    ],
  ])('%s', (text, expected) => {
    expect(expressionOf(text)).toEqual(expected);
  });

  test('positional parameters are counted over the whole text', () => {
    const found = JSON.stringify(parse('SELECT ?, f(x -> ?) FROM t WHERE a = ?').script).match(
      /"position":\d/g,
    );
    expect(found).toEqual(['"position":0', '"position":1', '"position":2']);
  });
});

describe('queries', () => {
  test('clauses at the end belong to the whole of a set operation', () => {
    const body = (value: string): unknown => ({
      type: 'select',
      items: [{ type: 'selectExpression', value: integer(value) }],
    });
    expect(queryOf('WITH a AS (SELECT 1) SELECT 1 UNION ALL SELECT 2 ORDER BY 1 LIMIT 3 OFFSET 4')).toEqual({
      type: 'query',
      with: { tables: [{ name: 'a', query: { type: 'query', body: body('1') } }] },
      body: {
        type: 'setOperation',
        operator: 'UNION',
        all: true,
        match: 'position',
        left: body('1'),
        right: body('2'),
      },
      orderBy: [{ value: integer('1') }],
      limit: integer('3'),
      offset: integer('4'),
    });
  });

  test.each([
    ['UNION ALL BY NAME', { operator: 'UNION', all: true, match: 'name', keep: 'strict' }],
    [
      'FULL OUTER UNION ALL BY NAME ON (a, b)',
      {
        operator: 'UNION',
        all: true,
        match: 'name',
        keep: 'full',
        matchColumns: 'a/b',
      },
    ],
    [
      'LEFT UNION ALL CORRESPONDING BY (a)',
      {
        operator: 'UNION',
        all: true,
        match: 'corresponding',
        keep: 'left',
        matchColumns: 'a',
      },
    ],
    ['INTERSECT DISTINCT CORRESPONDING', { operator: 'INTERSECT', match: 'corresponding', keep: 'inner' }],
    ['EXCEPT DISTINCT STRICT CORRESPONDING', { operator: 'EXCEPT', match: 'corresponding', keep: 'strict' }],
  ])('%s', (operation, expected) => {
    const select = { type: 'select', items: [{ type: 'selectExpression', value: column('a') }] };
    const body = { type: 'setOperation', ...expected, left: select, right: select };
    expect(queryOf(`SELECT a ${operation} SELECT a`)).toEqual({ type: 'query', body });
  });

  test('stars keep what they leave out and replace', () => {
    const item = { type: 'selectStar', except: 'a', replace: [{ value: column('b'), name: 'c' }] };
    const from = { type: 'table', path: 't' };
    expect(queryOf('SELECT * EXCEPT (a) REPLACE (b AS c), t.s.* EXCEPT (a), f(x).* FROM t')).toEqual({
      type: 'query',
      body: {
        type: 'select',
        items: [
          item,
          { type: 'selectStar', qualifier: column('t/s'), except: 'a' },
          { type: 'selectStar', qualifier: { type: 'call', name: 'f', arguments: [argument(column('x'))] } },
        ],
        from,
      },
    });
  });

  test('a privacy clause keeps its kind and the column that tells whose row it is', () => {
    const text =
      'SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = 1e-1, privacy_unit_column = a.b, x = LAPLACE) DISTINCT c FROM t';
    expect(queryOf(text)).toEqual({
      type: 'query',
      body: {
        type: 'select',
        distinct: true,
        items: [{ type: 'selectExpression', value: column('c') }],
        from: { type: 'table', path: 't' },
        privacy: { kind: 'DIFFERENTIAL_PRIVACY', unit: column('a/b') },
      },
    });
  });

  test('bounds of an anonymous aggregate are constants, and left out', () => {
    expect(expressionOf('ANON_SUM(a CLAMPED BETWEEN -1 AND 1.5)')).toEqual({
      type: 'call',
      name: 'ANON_SUM',
      arguments: [argument(column('a'))],
    });
  });

  test('a window may be another one', () => {
    expect(queryOf('SELECT 1 FROM t WINDOW a AS (ORDER BY x), b AS `a`')).toMatchObject({
      body: {
        windows: [
          { name: 'a', window: { orderBy: [{ value: column('x') }] } },
          { name: 'b', window: { base: 'a' } },
        ],
      },
    });
  });

  test.each(['HASH JOIN', 'LOOKUP JOIN', 'JOIN @{join_type = hash_join}'])('%s is a join', (words) => {
    expect(queryOf(`SELECT 1 FROM t ${words} u ON a`)).toEqual(queryOf('SELECT 1 FROM t JOIN u ON a'));
  });

  test('FROM keeps order, aliases, offsets, samples and time', () => {
    const text =
      'SELECT 1 FROM d.t AS a FOR SYSTEM_TIME AS OF x JOIN u USING (k), UNNEST(a.b) AS e WITH OFFSET AS o, a.c WITH OFFSET ' +
      'LEFT JOIN (SELECT 1) TABLESAMPLE SYSTEM (5 PERCENT) AS s ON TRUE, ML.PREDICT(MODEL d.m, TABLE d.v) p';
    const table = { type: 'table', path: 'd/t', alias: 'a', systemTime: column('x') };
    const first = {
      type: 'join',
      kind: 'INNER',
      left: table,
      right: { type: 'table', path: 'u' },
      using: 'k',
    };
    const unnest = { type: 'unnest', arrays: [{ value: column('a/b') }], alias: 'e', offset: { alias: 'o' } };
    const second = { type: 'join', kind: 'COMMA', left: first, right: unnest };
    const third = {
      type: 'join',
      kind: 'COMMA',
      left: second,
      right: { type: 'table', path: 'a/c', offset: {} },
    };
    const derived = {
      type: 'derivedTable',
      query: {
        type: 'query',
        body: { type: 'select', items: [{ type: 'selectExpression', value: integer('1') }] },
      },
      alias: 's',
      sample: { percent: integer('5') },
    };
    const on = { type: 'literal', kind: 'boolean', value: 'true' };
    const fourth = { type: 'join', kind: 'LEFT', left: third, right: derived, on };
    const predict = {
      type: 'tableFunction',
      name: 'ML/PREDICT',
      arguments: [{ value: { type: 'model', path: 'd/m' } }, { value: { type: 'table', path: 'd/v' } }],
      alias: 'p',
    };
    expect(queryOf(text)).toMatchObject({
      body: { from: { type: 'join', kind: 'COMMA', left: fourth, right: predict } },
    });
  });

  test('ranges are those of the text, also behind what was read by hand', () => {
    const text =
      "SELECT a.b.* EXCEPT (c), x LIKE ANY ('p'), 'q' 'r', `s` FROM `p.d.t` FOR SYSTEM_TIME AS OF y, z";
    const [statement] = parse(text).script?.statements ?? [];
    const body = statement?.type === 'queryStatement' ? statement.query.body : undefined;
    const select = body?.type === 'select' ? body : undefined;
    const cut = ({ range }: { readonly range: { readonly start: number; readonly end: number } }): string =>
      text.slice(range.start, range.end);
    expect(select?.items.map(cut)).toEqual(['a.b.* EXCEPT (c)', "x LIKE ANY ('p')", "'q' 'r'", '`s`']);
    const join = select?.from?.type === 'join' ? select.from : undefined;
    expect([join?.left, join?.right].map((item) => (item === undefined ? '' : cut(item)))).toEqual([
      '`p.d.t` FOR SYSTEM_TIME AS OF y',
      'z',
    ]);
    const parts = join?.left.type === 'table' ? join.left.path.map(cut) : [];
    expect(parts).toEqual(['p', 'd', 't']);
  });
});
