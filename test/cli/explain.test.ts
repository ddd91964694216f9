import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { excerpt, oneLine } from '../../src/cli/explain/excerpt.ts';
import { report } from '../../src/cli/explain/report.ts';
import { runCli, type Ended } from './run.ts';
import { look } from '../sql/shop.ts';

const run = (words: readonly string[], typed?: string): Promise<Ended> =>
  runCli(['explain', ...words], typed);

describe('bigquery-guard explain', () => {
  let folder: string;
  let catalog: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explain-'));
    catalog = join(folder, 'catalog.yaml');
    await writeFile(
      catalog,
      'version: 1\nproject: acme\ntables: [{ name: shop.customers, columns: { id: INT64, email: STRING } }]\n',
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says what an understood query does, and ends with 0', async () => {
    const { code, printed } = await run([
      '--catalog',
      catalog,
      'SELECT LOWER(email) AS m FROM shop.customers',
    ]);
    expect([code, printed.split('\n').slice(0, -2)]).toEqual([
      0,
      [
        'statement 1: SELECT  SELECT LOWER(email) AS m FROM shop.customers',
        '',
        'tables:',
        '  acme.shop.customers read (table)',
        '',
        'columns read:',
        '  acme.shop.customers.email',
        '',
        'output:',
        '  m STRING <- acme.shop.customers.email',
        '',
        'calls:',
        '  LOWER',
        '',
        'flags:',
        '  unbounded',
        '',
      ],
    ]);
  });

  it('shows gaps beneath their place in what it reads from standard input, and ends with 1', async () => {
    const { code, printed } = await run(
      ['--catalog', catalog, '--dataset', 'shop', '-'],
      'SELECT id\nFROM customers,\n\tnothing AS n',
    );
    expect([code, printed.split('\n').slice(-6)]).toEqual([
      1,
      [
        'gap unknown-table: acme.shop.nothing is not in the catalog',
        '    3 |         nothing AS n',
        '      |         ^^^^^^^',
        '',
        'refused: 1 gap',
        '',
      ],
    ]);
  });

  it('prints the facts as JSON', async () => {
    const { code, printed } = await run(['--json', '--catalog', catalog, 'SELECT id FROM shop.customers']);
    const { version, kind, columns, gaps } = JSON.parse(printed) as Record<string, unknown>;
    expect([code, version, kind, columns, gaps]).toEqual([
      0,
      1,
      'SELECT',
      [{ table: { project: 'acme', dataset: 'shop', name: 'customers' }, path: ['id'] }],
      [],
    ]);
  });

  it.each([
    ['no text', [], /missing required argument/],
    ['an unknown option', ['--fast', 'SELECT 1'], /unknown option/],
    ['no project', ['SELECT 1'], /ERR_CONFIG: .*--project/],
    ['no such catalog', ['--catalog', '/nowhere/catalog.yaml', 'SELECT 1'], /ERR_CONFIG: .*cannot be read/],
  ])('ends with 2 for %s', async (_what, words, message) => {
    const { code, printed, complained } = await run(words);
    expect([code, printed]).toEqual([2, '']);
    expect(complained).toMatch(message);
  });
});

const shown = (text: string, part: string): readonly string[] => {
  const start = text.indexOf(part);
  return excerpt(text, { start, end: start + part.length });
};

describe('an excerpt', () => {
  it('has carets beneath the part, wherever tabs and wide characters push it', () => {
    expect(shown('SELECT\t"日本" AS a, x FROM t', 'x')).toEqual([
      '    1 | SELECT  "日本" AS a, x FROM t',
      '      |                      ^',
    ]);
    expect(shown('SELECT `顧客` FROM t', '`顧客`')).toEqual([
      '    1 | SELECT `顧客` FROM t',
      '      |        ^^^^^^',
    ]);
  });

  it('gives marks that join a letter no room of their own', () => {
    expect(shown('"e\u0301" , x', 'x')).toEqual(['    1 | "e\u0301" , x', '      |       ^']);
  });

  it('shows the first lines of a long part, each with carets', () => {
    expect(shown('a\r\n  b\nc\nd\ne', 'b\nc\nd\ne')).toEqual([
      '    2 |   b',
      '      |   ^',
      '    3 | c',
      '      | ^',
      '    4 | d',
      '      | ^',
      '      | …',
    ]);
  });

  it('points at an empty part, also behind the last character', () => {
    expect(excerpt('ab', { start: 2, end: 2 })).toEqual(['    1 | ab', '      |   ^']);
    expect(excerpt('', { start: 0, end: 0 })).toEqual(['    1 | ', '      | ^']);
  });

  it('names what cannot be seen, so that nothing hides or turns around what is read', () => {
    expect(shown('SELECT \u202Ex\u001B[2J', 'x')).toEqual([
      '    1 | SELECT <U+202E>x<U+001B>[2J',
      '      |                ^',
    ]);
    expect(oneLine('a\n\u200Bb\uD800')).toBe('a <U+200B>b<U+D800>');
  });
});

it('a report names what is written, where from, and through what a table is read', async () => {
  const sql = 'INSERT INTO shop.orders (id) SELECT id FROM shop.buyers';
  const { facts } = await look(sql);
  const lines = report(sql, facts).split('\n');
  expect(lines).toContain('  p.shop.customers read (table, through p.shop.buyers)');
  expect(lines).toContain('  p.shop.orders.id <- p.shop.buyers.id, p.shop.customers.id');
});

it('a report of nothing is a report', async () => {
  expect(report('', (await look('')).facts)).toMatch(/^\n(understood|refused)/);
});
