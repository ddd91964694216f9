import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lex, reservedWords } from '../../../src/sql/lexer/index.ts';
import type { Token } from '../../../src/sql/lexer/index.ts';
import { look } from '../shop.ts';

async function printOf(sql: string): Promise<string> {
  return (await look(sql)).facts.fingerprint;
}

test.each([
  [
    'literals',
    'SELECT id FROM orders WHERE status = "a" AND id = 1',
    "SELECT id FROM orders WHERE status = 'b' AND id = 22",
  ],
  ['blanks', 'SELECT id FROM orders', 'SELECT\n  id\tFROM   orders'],
  ['comments', 'SELECT id FROM orders', 'SELECT id /* of */ FROM orders -- all'],
  [
    'letter case of keywords',
    'SELECT SUM(id) FROM orders GROUP BY id',
    'select sum(id) from orders group by id',
  ],
])('queries that differ only in %s have one fingerprint', async (_what, left, right) => {
  expect(await printOf(left)).toBe(await printOf(right));
});

test.each([
  ['a table', 'SELECT id FROM orders', 'SELECT id FROM customers'],
  ['letter case of a table', 'SELECT id FROM orders', 'SELECT id FROM Orders'],
  ['letter case of a table that is a keyword', 'SELECT id FROM data', 'SELECT id FROM Data'],
  ['letter case of a table behind a dot', 'SELECT id FROM shop.order', 'SELECT id FROM shop.Order'],
  ['letter case of a table that is written', 'DELETE FROM view WHERE TRUE', 'DELETE FROM View WHERE TRUE'],
  ['letter case of a routine', 'SELECT shop.clean(1)', 'SELECT shop.Clean(1)'],
  ['quotes of a name', 'SELECT id FROM orders', 'SELECT id FROM `orders`'],
  ['a parameter', 'SELECT id FROM orders WHERE id = @a', 'SELECT id FROM orders WHERE id = @b'],
  ['a literal instead of a name', 'SELECT id FROM orders', 'SELECT "id" FROM orders'],
])('queries that differ in %s have different ones', async (_what, left, right) => {
  expect(await printOf(left)).not.toBe(await printOf(right));
});

const statements = [
  "SELECT c.id, UPPER(name) AS n, DATE '2024-01-01' FROM shop.customers AS c WHERE country IN ('DE', \"FR\") AND id > 10",
  'WITH a AS (SELECT id, amount * 1.5 AS x FROM orders) SELECT SUM(x) OVER (PARTITION BY id ORDER BY x DESC) FROM a LIMIT 5',
  "INSERT INTO orders (id, status) SELECT id, CASE WHEN name LIKE 'a%' THEN r'b' ELSE b'c' END FROM customers",
  'FROM orders |> WHERE amount > 3 AND TRUE |> AGGREGATE COUNT(*) AS n GROUP BY status',
  "DECLARE x STRING DEFAULT 'a'; IF x = '''b''' THEN DELETE FROM orders WHERE id = 0x1F; END IF",
  "MERGE orders AS o USING customers AS c ON o.id = c.id WHEN MATCHED THEN UPDATE SET status = 'x'",
];

const blank = fc.constantFrom(' ', '\n', '\t ', ' /* FROM x */ ', ' -- y\n', ' # z\r\n');

const literals: Readonly<Partial<Record<Token['kind'], fc.Arbitrary<string>>>> = {
  string: fc.constantFrom("'x'", '"FROM t"', "'''a\nb'''", "r'\\d'"),
  bytes: fc.constantFrom("b'x'", 'rb"y"'),
  integer: fc.constantFrom('0', '42', '0xFF'),
  float: fc.constantFrom('1.0', '.5', '2e10'),
};

/** The token as it may be written without another meaning; names stay as they are. */
function rewritten(token: Token, text: string, afterDot: boolean): fc.Arbitrary<string> {
  const literal = literals[token.kind];
  if (literal !== undefined) return literal;
  const written = text.slice(token.start, token.end);
  const isKeyword = token.kind === 'word' && reservedWords.has(token.keyword) && !afterDot;
  return isKeyword
    ? fc.constantFrom(written, written.toLowerCase(), written.toUpperCase())
    : fc.constant(written);
}

/** The same query, written otherwise. */
const pairs = fc.constantFrom(...statements).chain((text) => {
  const { tokens } = lex(text);
  const parts = tokens.map((token, index) => {
    const before = tokens[index - 1];
    const joined = before === undefined || before.end === token.start;
    const word = rewritten(token, text, before?.keyword === '.');
    return joined ? word : fc.tuple(blank, word).map((both) => both.join(''));
  });
  return fc.tuple(
    fc.constant(text),
    fc.tuple(...parts).map((all) => all.join('')),
  );
});

test('the fingerprint stays through literals, blanks, comments and letter case of keywords; the hash does not', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, async ([text, other]) => {
      const [left, right] = [(await look(text)).facts, (await look(other)).facts];
      expect([right.gaps, right.fingerprint]).toEqual([[], left.fingerprint]);
      expect(right.hash === left.hash).toBe(text === other);
    }),
    { numRuns: 200 },
  );
});

test('any other name is another fingerprint', async () => {
  const renamed = fc.constantFrom(...statements).chain((text) => {
    const names = lex(text).tokens.filter(
      (token) => token.kind === 'word' && !reservedWords.has(token.keyword),
    );
    return fc
      .constantFrom(...names)
      .map((name) => [text, `${text.slice(0, name.end)}_${text.slice(name.end)}`] as const);
  });
  await fc.assert(
    fc.asyncProperty(renamed, async ([text, other]) => {
      expect(await printOf(other)).not.toBe(await printOf(text));
    }),
  );
});
