import { describe, expect, test } from 'vitest';
import { lex } from '../../../src/sql/lexer/index.ts';
import { defaultLimits } from '../../../src/sql/limits.ts';

const shown = (text: string): string =>
  lex(text)
    .tokens.map((token) => `${token.kind}:${token.value}`)
    .join(' ');

const gapsOf = (text: string): readonly string[] =>
  lex(text).gaps.map((gap) => `${gap.code}: ${gap.message}`);

describe('tokens', () => {
  test.each([
    ['SELECT a', 'word:SELECT word:a'],
    ['`a b`.`c\\`d` `us\\u0065rs`', 'quoted:a b symbol:. quoted:c`d quoted:users'],
    [String.raw`'a\n\'b' "c"`, "string:a\n'b string:c"],
    [String.raw`r'a\'b' R"\d"`, String.raw`string:a\'b string:\d`],
    [String.raw`b'\xff\101' rb'\x' BR"""a"b"""`, String.raw`bytes:ÿA bytes:\x bytes:a"b`],
    ["'''a\r\nb''c'''", "string:a\nb''c"],
    ['b"é"', 'bytes:Ã©'],
    [
      '1 1.5 .5 1. 1e5 0x1F 1.e-3',
      'integer:1 float:1.5 float:.5 float:1. float:1e5 integer:0x1F float:1.e-3',
    ],
    ['t.1 t.2020_x SELECT .5', 'word:t symbol:. word:1 word:t symbol:. word:2020_x word:SELECT float:.5'],
    [
      'p-123.d q-1a.d salary-0',
      'word:p symbol:- integer:123 symbol:. word:d word:q symbol:- word:1a symbol:. word:d word:salary symbol:- integer:0',
    ],
    ['@a ? @@b.c @`d e`', 'parameter:a parameter: systemVariable:b symbol:. word:c parameter:d e'],
    ['@{a=1} @5', 'hint:a=1 hint:5'],
    [
      'a|>b || c<>d<=e=>f->g!=h',
      'word:a symbol:|> word:b symbol:|| word:c symbol:<> word:d symbol:<= word:e symbol:=> word:f symbol:-> word:g symbol:!= word:h',
    ],
    ['a -- \' no\nb # "\n/* ` */ c', 'word:a word:b word:c'],
  ])('%j reads as %s', (text, expected) => {
    expect([shown(text), gapsOf(text)]).toEqual([expected, []]);
  });

  test('ranges are those of the text, brackets know their partners', () => {
    const tokens = lex('f( `a` ,[1])').tokens.map(({ start, end, match }) => [start, end, match]);
    expect(tokens).toEqual([
      [0, 1, -1],
      [1, 2, 7],
      [3, 6, -1],
      [7, 8, -1],
      [8, 9, 6],
      [9, 10, -1],
      [10, 11, 4],
      [11, 12, 1],
    ]);
  });
});

describe('what two readers could take differently is a gap', () => {
  test.each([
    ['SELECT 1\rFROM t', 'lexer: The text holds a carriage return without a line feed.'],
    ["SELECT '\u0000'", 'lexer: The text holds a NUL character.'],
    ['\uFEFFSELECT 1', 'lexer: The text holds a byte order mark.'],
    ['SELECT 1 -- \uFEFF', 'lexer: The text holds a byte order mark.'],
    ['SELECT\u000B1', 'lexer: The text holds a vertical tab.'],
    ["SELECT '\u000C'", 'lexer: The text holds a form feed.'],
    ['SELECT\u00A01', 'lexer: The character U+00A0 has no place outside of quotes.'],
    ['SELECT\u30001', 'lexer: The character U+3000 has no place outside of quotes.'],
    ["SELECT '\uD800'", 'lexer: The text holds half of a surrogate pair.'],
    ['SELECT \u0430dmin', 'lexer: The character U+0430 has no place outside of quotes.'],
    ['SELECT \uFF41', 'lexer: The character U+FF41 has no place outside of quotes.'],
    ['SELECT a\u200Bb', 'lexer: The character U+200B has no place outside of quotes.'],
    ['SELECT 1 -- a\u2028FROM t', 'lexer: A comment holds a doubtful line end.'],
    ['#legacySQL\nSELECT 1', 'lexer: A dialect directive changes how the text is read. Remove it.'],
    ['# StandardSQL\nSELECT 1', 'lexer: A dialect directive changes how the text is read. Remove it.'],
    ['SELECT 1 /* sql-parser-cst-disable */', 'lexer: A comment would hide text from the parser. Remove it.'],
    ["SELECT 'a", 'lexer: A quote is never closed.'],
    ["SELECT 'a\nb'", 'lexer: A quote is never closed.'],
    ['SELECT """a"', 'lexer: A quote is never closed.'],
    [String.raw`SELECT r'\'`, 'lexer: A quote is never closed.'],
    ['SELECT `a', 'lexer: A quote is never closed.'],
    ['SELECT ``', 'lexer: An empty name in back-quotes.'],
    ['SELECT /* a', 'lexer: A comment is never closed.'],
    [String.raw`SELECT '\q'`, 'lexer: A string holds an escape that GoogleSQL does not know.'],
    [String.raw`SELECT '\ud800'`, 'lexer: A string holds an escape that GoogleSQL does not know.'],
    [String.raw`SELECT b'\u0041'`, 'lexer: A string holds an escape that GoogleSQL does not know.'],
    ['SELECT 1a', 'lexer: A number runs into a name: a blank is missing.'],
    ['SELECT @', 'lexer: A parameter without a name.'],
    ['SELECT @{a=(SELECT 1)}', 'lexer: A hint that is not a list of names and plain values.'],
    ['SELECT (1', 'syntax: The bracket ( is never closed.'],
    ['SELECT 1]', 'syntax: The bracket ] closes nothing.'],
    ['SELECT (1]', 'syntax: The bracket ] closes nothing.'],
  ])('%j', (text, expected) => {
    expect(gapsOf(text)).toEqual([expected]);
  });

  test('pairs of surrogates, no-break spaces and zero-width joiners may stand in literals and comments', () => {
    expect(gapsOf("SELECT '\u{1F600}\u00A0\u200D' -- \u{1F600}\u00A0\n, `\u00E9\u4E16`")).toEqual([]);
  });
});

describe('limits', () => {
  test('a text that is too long is not read at all', () => {
    const { tokens, gaps } = lex('a'.repeat(11), { ...defaultLimits, characters: 10 });
    expect([tokens, gaps]).toEqual([
      [],
      [{ code: 'limit', message: 'The text is longer than 10 characters.', range: { start: 0, end: 11 } }],
    ]);
  });

  test('too many tokens and too deep brackets are gaps', () => {
    const many = lex('a '.repeat(5), { ...defaultLimits, tokens: 4 }).gaps.map((gap) => gap.message);
    const deep = lex('((()))', { ...defaultLimits, nesting: 2 }).gaps.map((gap) => gap.message);
    expect([many, deep]).toEqual([['The text has more than 4 tokens.'], ['Brackets nest deeper than 2.']]);
  });

  test.each(['(', '[', '{', '((((a', '`', "'", '/*', '--', '@{', 'a-', '1.', '\\', '|>'])(
    'a megabyte of %s is refused in linear time',
    (piece) => {
      const start = performance.now();
      const { gaps } = lex(piece.repeat(1_000_000 / piece.length));
      expect(gaps.length).toBeLessThanOrEqual(25);
      expect(performance.now() - start).toBeLessThan(2000);
    },
  );
});
