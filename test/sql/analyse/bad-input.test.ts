import { describe, expect, test } from 'vitest';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { Facts } from '../../../src/sql/index.ts';

const columns = 5_000;
const catalog = staticCatalog({
  tables: [
    { name: 'p.d.t', columns: { a: 'INT64', b: 'STRING' } },
    {
      name: 'p.d.wide',
      columns: Object.fromEntries(Array.from({ length: columns }, (_, index) => [`c${index}`, 'INT64'])),
    },
  ],
});

const factsOf = async (text: string): Promise<Facts> =>
  (await analyse(text, { catalog: { ...catalog }, project: 'p' })).facts;

const codesOf = async (text: string): Promise<readonly string[]> => [
  ...new Set((await factsOf(text)).gaps.map((gap) => gap.code)),
];

describe('a text that is none', () => {
  test.each(['', ' ', '\n\t', '-- a comment', '/* a comment */', ';', ' ; ;'])(
    'is empty: %j',
    async (text) => {
      const { kind, gaps, statements } = await factsOf(text);
      expect({ kind, gaps, statements }).toEqual({ kind: 'EMPTY', gaps: [], statements: [] });
    },
  );
});

describe('what two readers could take differently is a gap', () => {
  test.each([
    ['a string that is never closed', "SELECT 'a"],
    ['a long one', "SELECT '''a''"],
    ['bytes', 'SELECT b"a'],
    ['a raw string', "SELECT r'a\\'"],
    ['a quoted name', 'SELECT `a FROM d.t'],
    ['a comment', 'SELECT a /* FROM d.t'],
    ['a hint', 'SELECT @{a=1 FROM d.t'],
    ['a string over the end of a line', "SELECT 'a\n' FROM d.t"],
    ['half of a surrogate pair', "SELECT '\uD800' FROM d.t"],
    ['the other half', 'SELECT a -- \uDC00\nFROM d.t'],
    ['NUL', 'SELECT a\0 FROM d.t'],
    ['NUL in a string', "SELECT 'a\0' FROM d.t"],
    ['a byte order mark', '\uFEFFSELECT a FROM d.t'],
    ['a carriage return alone', 'SELECT a -- b\rFROM d.t'],
    ['mixed line ends', 'SELECT a\r\nFROM d.t\rWHERE TRUE\n'],
    ['a form feed', 'SELECT a\fFROM d.t'],
    ['a blank that is not ASCII', 'SELECT\u00A0a FROM d.t'],
    ['a name that is not ASCII', 'SELECT ａ FROM d.t'],
  ])('%s', async (_title, text) => {
    expect(await codesOf(text)).toContain('lexer');
  });

  test('line ends of two kinds that both end a line are none', async () => {
    expect(await codesOf('SELECT a\r\nFROM d.t -- b\nWHERE TRUE\r\n')).toEqual([]);
  });

  test.each([
    ['a bracket that is never closed', 'SELECT (a FROM d.t'],
    ['one that closes nothing', 'SELECT a) FROM d.t'],
    ['one that closes another', 'SELECT (a] FROM d.t'],
    ['a CASE without END', 'SELECT CASE WHEN TRUE THEN a FROM d.t'],
    ['a block without END', 'BEGIN SELECT 1;'],
    ['IF without END', 'IF TRUE THEN SELECT 1;'],
  ])('%s', async (_title, text) => {
    expect(await codesOf(text)).toEqual(['syntax']);
  });
});

describe('what is too much ends at a limit', () => {
  test.each([
    ['a million parentheses', '('.repeat(1_000_000)],
    ['brackets 201 deep', `SELECT ${'('.repeat(201)}1${')'.repeat(201)}`],
    ['arrays 201 deep', `SELECT ${'['.repeat(201)}1${']'.repeat(201)}`],
    ['more characters than the limit', `SELECT '${'x'.repeat(1_000_000)}'`],
    ['more tokens than the limit', `SELECT ${'1,'.repeat(100_001)}1`],
  ])('%s', async (_title, text) => {
    expect(await codesOf(text)).toEqual(['limit']);
  });

  test('the lexer reads nothing behind a limit', async () => {
    const { gaps } = await factsOf(`SELECT ${'('.repeat(250)} 'not closed`);
    expect(gaps.map((gap) => [gap.code, gap.range.start])).toEqual([['limit', 207]]);
  });
});

describe('what is large is read all the same', () => {
  test('ten thousand statements', async () => {
    const { statements, gaps } = await factsOf('SELECT 1;\n'.repeat(10_000));
    expect([statements.length, gaps.length]).toEqual([10_000, 0]);
  }, 120_000);

  test('five thousand columns by a star, through three queries', async () => {
    const {
      outputs,
      columns: read,
      gaps,
    } = await factsOf('SELECT * FROM (SELECT * FROM (SELECT * FROM d.wide))');
    expect([outputs.length, read.length, gaps.length]).toEqual([columns, columns, 0]);
    expect(outputs.at(-1)).toMatchObject({ name: 'c4999', plain: true });
  });

  test('five thousand columns by name', async () => {
    const list = Array.from({ length: columns }, (_, index) => `w.c${index}`).join(', ');
    const { outputs, gaps } = await factsOf(`SELECT ${list} FROM d.wide AS w`);
    expect([outputs.length, gaps.length]).toEqual([columns, 0]);
  });

  test('a hundred joins', async () => {
    const joins = Array.from(
      { length: 100 },
      (_, index) => `JOIN d.wide AS t${index} ON t.a = t${index}.c${index}`,
    );
    const { tables, influences, gaps } = await factsOf(
      `SELECT t.b, t99.c0 FROM d.t AS t ${joins.join('\n')}`,
    );
    expect([tables.map(({ references }) => references.length), influences.length, gaps.length]).toEqual([
      [1, 100],
      101,
      0,
    ]);
  });

  test.each([
    ['table functions', 'SELECT 1 FROM f((', 'SELECT a FROM d.t', '))'],
    ['subqueries', 'SELECT 1 FROM (', 'SELECT a FROM d.t', ')'],
    ['subqueries as values', 'SELECT (', 'SELECT a FROM d.t', ')'],
    ['unnested arrays', 'SELECT 1 FROM UNNEST(ARRAY(', 'SELECT a FROM d.t', '))'],
  ])('%s in each other, and nothing beneath is lost', async (_title, before, inner, after) => {
    const { tables } = await factsOf(`${before.repeat(30)}${inner}${after.repeat(30)}`);
    expect(tables.map(({ name }) => name.name)).toContain('t');
  });

  // The parser alone takes about twice as long with every level: sixty would not end.
  test.each([
    ['patterns', 'a LIKE (', ')'],
    ['patterns that must not match', 'a NOT LIKE f(', ')'],
    ['patterns in arrays', 'a LIKE [', '][0]'],
    ['patterns in CASE', 'CASE WHEN a LIKE ', ' THEN 1 END'],
  ])('%s in each other, sixty deep', async (_title, before, after) => {
    const { columns: read, gaps } = await factsOf(
      `SELECT ${before.repeat(60)}t.b${after.repeat(60)} FROM d.t`,
    );
    expect({ read: read.map(({ path }) => path), gaps }).toEqual({ read: [['a'], ['b']], gaps: [] });
  });
});
