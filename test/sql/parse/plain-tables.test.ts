import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Statement } from '../../../src/sql/ast/index.ts';
import { convertStatements } from '../../../src/sql/parse/convert/statements.ts';
import { buildFragment } from '../../../src/sql/parse/fragment.ts';
import { dash } from '../../../src/sql/parse/holes/dashes.ts';
import { findHoles } from '../../../src/sql/parse/holes/finders.ts';
import { noHoles } from '../../../src/sql/parse/holes/holes.ts';
import { scanHoles } from '../../../src/sql/parse/holes/scan.ts';
import { parse } from '../../../src/sql/parse/index.ts';
import { checkEaten, type Reader } from '../../../src/sql/parse/reader.ts';
import { openSource } from '../../../src/sql/parse/source.ts';
import { readTree } from '../../../src/sql/parse/tree.ts';

/** The tree as the parser has it, tables included. */
function parserTree(text: string): readonly Statement[] {
  const source = openSource(text);
  const all = { from: 0, to: source.tokens.length };
  const levels = [{ open: -1, clause: '' }];
  const scan = { source, ...all, holes: noHoles(), levels, queries: new Map(), statements: new Map() };
  const holes = scanHoles(scan, { '-': dash }, () => undefined);
  const range = { start: 0, end: text.length };
  const fragment = buildFragment(source.safe, range, holes.edits, { prefix: '', suffix: '' });
  const reader: Reader = { source, fragment, holes, ...all, eaten: new Map() };
  const statements = convertStatements(reader, readTree(fragment, range));
  checkEaten(reader);
  return statements;
}

/** How many tables of a text are read without the parser. */
function plainItems(text: string): number {
  const source = openSource(text);
  return findHoles(source, { from: 0, to: source.tokens.length, clause: '' }).fromItems.size;
}

const blank = fc.constantFrom(' ', '\n', '  ', ' /* ( */ ', ' -- FROM\n', '\t');
const name = fc.constantFrom(
  't',
  'orders',
  'Data',
  '`a b`',
  '`t-1`',
  '`u`',
  'offset',
  'date',
  'value',
  '`select`',
);
const field = fc.oneof(name, fc.constantFrom('order', 'from', 'join', 'x1'));
const dot = fc.constantFrom('.', '.', ' . ');
const path = fc
  .tuple(
    fc.constantFrom('t', '`p.d.t`', '`my-p`', 'my-project', 'a-b-1', 'shop'),
    dot,
    fc.array(field, { maxLength: 3 }),
  )
  .map(([first, between, rest]) => [first, ...rest].join(between));
const alias = fc.oneof(
  fc.constant(''),
  fc.tuple(blank, name).map((parts) => parts.join('')),
  fc.tuple(blank, fc.constantFrom('AS', 'as'), blank, name).map((parts) => parts.join('')),
);
const table = fc.tuple(path, alias).map((parts) => parts.join(''));

const column = fc
  .tuple(name, dot, fc.array(field, { minLength: 1, maxLength: 3 }))
  .map(([first, between, rest]) => [first, ...rest].join(between));
const value = fc.oneof(
  column,
  fc.constantFrom(
    'CAST(NULL AS STRING)',
    'CAST(NULL AS STRUCT<a INT64, b STRING>)',
    "DATE '1970-01-01'",
    "''",
    '0',
    'TO_BASE64(SHA256(r.a))',
    "IF(REGEXP_CONTAINS(r.a, r'^[A-Z]+$'), CONCAT('XXXXX@', SPLIT(r.a, '@')[SAFE_OFFSET(1)]), NULL)",
    'IF(r.s IS NULL, NULL, STRUCT(r.s.a AS a, CAST(NULL AS INT64) AS b))',
    'ARRAY(SELECT AS STRUCT e.a FROM UNNEST(r.list) AS e WITH OFFSET AS o ORDER BY o)',
    'CASE WHEN r.a = 1 THEN (r.b) ELSE -r.c END',
    '(r.a + 1)',
    '(r.a) + 1',
    'COUNT(*)',
    'current_date',
    'r.list[0]',
  ),
);
const item = fc.oneof(
  column,
  fc.tuple(value, blank, fc.constant('AS'), blank, name).map((parts) => parts.join('')),
);
const where = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '',
    ' WHERE r.a = 1 OR (r.b)',
    ' where r.a.from IN (SELECT x FROM d.t)',
    ' WHERE a GROUP BY a',
  ),
  value.map((condition) => ` WHERE ${condition}`),
);
const derived = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 5 }), blank, table, where, alias)
  .map(
    ([items, space, from, condition, as]) =>
      `(SELECT${space}${items.join(',')}${space}FROM${space}${from}${condition})${as}`,
  );
const fromItem = fc.oneof(table, derived);
const join = fc.constantFrom(
  ', ',
  ' JOIN ',
  ' LEFT OUTER JOIN ',
  ' ON a.b IS DISTINCT FROM c.d JOIN ',
  ' USING (k, l)\nFULL JOIN ',
);
const rest = fc.constantFrom(
  '',
  ' WHERE a.b IN (SELECT x FROM d.u)',
  ' GROUP BY a, b',
  ' ORDER BY a LIMIT 1',
  ';',
);
const text = fc
  .tuple(fc.array(fc.tuple(fromItem, join), { maxLength: 3 }), fromItem, rest)
  .map(
    ([before, last, tail]) => `SELECT a FROM ${before.map((pair) => pair.join('')).join('')}${last}${tail}`,
  );

describe('tables that are read without the parser', () => {
  test('their tree is the one that the parser gives, places included', () => {
    let compared = 0;
    fc.assert(
      fc.property(text, (query) => {
        const ours = parse(query);
        const theirs = attempt(() => parserTree(query));
        // What the parser does not read, such as a list of joins without conditions, is refused both ways.
        if (theirs === undefined) return;
        expect(ours.script?.statements).toEqual(theirs);
        compared += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(compared).toBeGreaterThan(500);
  });
});

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

test.each([
  ['SELECT 1 FROM t', 1],
  ['SELECT 1 FROM my-project.d.t AS a JOIN `p.d.t` b ON a.x = b.x, u', 3],
  ['SELECT 1 FROM (SELECT r.a, CAST(NULL AS STRING) AS b FROM d.t AS r) AS t', 1],
  ['SELECT 1 FROM (SELECT r.a FROM d.t AS r WHERE r.a > 1)', 1],
  ['SELECT 1 FROM (SELECT r.a FROM d.t AS r GROUP BY r.a), u', 2],
  ['SELECT 1 FROM (SELECT DISTINCT r.a AS b FROM UNNEST(x) AS r)', 0],
  ['SELECT 1 FROM (SELECT * FROM f(1))', 0],
  ['SELECT EXTRACT(DAY FROM d.day)', 0],
  ['SELECT 1 FROM UNNEST(x) AS a JOIN UNNEST(y) AS b ON a.c IS DISTINCT FROM b.c', 0],
  ['DELETE FROM d.t AS a WHERE TRUE', 0],
  ['SELECT 1 FROM t FOR SYSTEM_TIME AS OF x', 0],
  ['SELECT 1 FROM t TABLESAMPLE SYSTEM (1 PERCENT)', 0],
  ['SELECT 1 FROM t PIVOT(SUM(a) FOR b IN (1))', 0],
  ['SELECT 1 FROM f(x) AS t', 0],
  ['SELECT 1 FROM t WITH OFFSET AS o', 0],
])('%s has %i of them', (query, count) => {
  expect(plainItems(query)).toBe(count);
});
