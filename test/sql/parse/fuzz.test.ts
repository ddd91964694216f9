import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lex, reservedWords, type Token } from '../../../src/sql/lexer/index.ts';
import { parse } from '../../../src/sql/parse/index.ts';
import { tablesOf } from './trees.ts';

const statements = [
  'SELECT a.x, COUNT(*) AS n FROM `p.d.t` AS a JOIN d.u USING (k) WHERE a.y IN (SELECT z FROM v) GROUP BY 1 ORDER BY n DESC NULLS LAST',
  "WITH c AS (SELECT * EXCEPT (e) REPLACE (f AS g) FROM my-proj.d.t), e AS (FROM c |> WHERE h) SELECT 'a' 'b', s.t.* FROM e, c.arr WITH OFFSET AS o",
  "SELECT r'\\d' AS r, b'x', x LIKE ANY ('p'), SUM(y) OVER (PARTITION BY z ORDER BY w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t FOR SYSTEM_TIME AS OF ts",
  'FROM d.t |> EXTEND a + 1 AS b |> AGGREGATE SUM(b) AS s GROUP BY c |> JOIN u ON s = u.s |> ORDER BY s |> LIMIT 3',
  'MERGE d.t AS t USING (SELECT * FROM u) AS s ON t.k = s.k WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT ROW',
  'DECLARE n INT64 DEFAULT (SELECT MAX(a) FROM t); IF n > 1 THEN INSERT INTO d.u (a) SELECT a FROM v; ELSE DELETE FROM w WHERE TRUE; END IF',
  'CREATE OR REPLACE TABLE d.x AS SELECT * FROM a UNION ALL BY NAME SELECT * FROM b',
  'SELECT * FROM t PIVOT (SUM(a) FOR b IN (1 AS one, 2)) AS p, UNNEST([1, 2]) AS u, ML.PREDICT(MODEL d.m, TABLE d.n)',
];

const statement = fc.constantFrom(...statements);

/** Blanks and comments that stand for one blank. */
const gap = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '\r\n',
  ' /* FROM x */ ',
  ' -- FROM y\n',
  ' # `\n',
  '/**/ ',
  " /* ' */ ",
);

const touches = (text: string, token: Token, next: Token | undefined): boolean =>
  next === undefined || (token.end === next.start && !/\s/.test(text.charAt(token.end)));

test('blanks, comments and the case of keywords change no table', () => {
  fc.assert(
    fc.property(statement, fc.infiniteStream(gap), fc.infiniteStream(fc.boolean()), (text, gaps, flips) => {
      const { tokens } = lex(text);
      const parts = tokens.map((token, index) => {
        const written = text.slice(token.start, token.end);
        const flipped =
          reservedWords.has(token.keyword) && flips.next().value === true ? written.toLowerCase() : written;
        return touches(text, token, tokens[index + 1]) ? flipped : flipped + String(gaps.next().value);
      });
      expect(tablesOf(parts.join(''))).toEqual(tablesOf(text));
    }),
    { numRuns: 150 },
  );
});

const pieces = [
  "'",
  '"',
  '`',
  '\\',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '-',
  '--',
  '/*',
  '*/',
  '#',
  ';',
  '|>',
  '@',
  '@{',
  '}',
  '$',
  '?',
  '\r',
  '\n',
  '\u0000',
  '\u00A0',
  '\u200B',
  '\u0430',
  '\uD800',
  '\u{1F600}',
  "r'",
  '"""',
  ' AS ',
  ' FROM ',
  ' FROM hidden ',
  ' SELECT ',
  ' UNION ALL ',
  '0',
  '1e',
  ' WITH ',
  ' EXCEPT ',
  '*',
  ' NOT ',
  ' CASE ',
  ' END ',
  '->',
  '=>',
  ' BEGIN ',
  ' IF ',
  ' THEN ',
  ' PIVOT (',
  ' WINDOW ',
  'sql-parser-cst-disable',
];

const mutation = fc.record({
  at: fc.nat(400),
  cut: fc.nat(12),
  piece: fc.constantFrom('', ...pieces),
});

test('no text makes the reading throw, and a tree accounts for every token', () => {
  fc.assert(
    fc.property(statement, fc.array(mutation, { minLength: 1, maxLength: 4 }), (text, mutations) => {
      const changed = mutations.reduce((current, { at, cut, piece }) => {
        const start = at % (current.length + 1);
        return current.slice(0, start) + piece + current.slice(start + cut);
      }, text);
      const { script, gaps } = parse(changed);
      expect(script === undefined).toBe(gaps.length > 0);
      if (script === undefined) return;
      // Each FROM that the lexer sees, but those of EXTRACT, DISTINCT and DELETE, has its table in the tree.
      const names = new Set(
        lex(changed)
          .tokens.filter((token) => token.kind === 'word' || token.kind === 'quoted')
          .map((token) => token.value.toLowerCase()),
      );
      const hidden = names.has('hidden') && /\bFROM hidden\b/.test(visible(changed));
      if (hidden) expect(JSON.stringify(script)).toContain('"name":"hidden"');
    }),
    { numRuns: 600 },
  );
});

/** The text without comments and literals, as the lexer sees it. */
const visible = (text: string): string =>
  lex(text)
    .tokens.filter((token) => token.kind !== 'string' && token.kind !== 'bytes')
    .map((token) => token.value)
    .join(' ');

test('any sequence of characters is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const { script, gaps } = parse(text);
      expect(script === undefined).toBe(gaps.length > 0);
    }),
    { numRuns: 300 },
  );
});
