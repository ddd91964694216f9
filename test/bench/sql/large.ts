import { staticCatalog } from '../../../src/sql/index.ts';
import type { AnalyseOptions } from '../../../src/sql/index.ts';
import { queries } from './tpch.ts';

const times = (count: number, text: (index: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);

/** Texts of about the given size. */
export function scripts(size: number): Readonly<Record<string, string>> {
  const script = times(Math.ceil(size / 500), (index) => `${queries[index % queries.length]};\n`);
  const inserts = "INSERT INTO tpch.region (r_regionkey, r_name) VALUES (1, 'somewhere in Europe');\n";
  return {
    'A script of queries': script.slice(0, script.lastIndexOf(';\n', size)),
    'A script of small statements': inserts.repeat(Math.floor(size / inserts.length)),
    'Parentheses alone': '('.repeat(size - 1),
  };
}

export interface Sized {
  readonly text: string;
  readonly options?: Partial<AnalyseOptions>;
}

type BySize = Readonly<Record<string, (size: number) => Sized>>;

const nested = (before: string, inner: string, after: string, depth: number): string =>
  `${before.repeat(depth)}${inner}${after.repeat(depth)}`;

/** What would take for ever, or all of the stack, if it were read naively. */
export const bombs: BySize = {
  'Parentheses never closed': (size) => ({ text: `SELECT ${'('.repeat(400_000 * size)}` }),
  'Table functions in each other': (size) => ({
    text: `SELECT 1 FROM ${nested('f((SELECT 1 FROM ', 't', '))', 24 * size)}`,
  }),
  'Subqueries in each other': (size) => ({ text: nested('SELECT 1 FROM (', 'SELECT 1', ')', 60 * size) }),
  'CASE in each other': (size) => ({
    text: `SELECT ${nested('CASE WHEN TRUE THEN ', '1', ' END', 60 * size)}`,
  }),
};

const many = (count: number): Partial<AnalyseOptions> => ({
  catalog: staticCatalog({
    tables: [
      {
        name: 'bench.tpch.wide',
        columns: Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`column_${index}`, 'STRING']),
        ),
      },
    ],
  }),
});

/** What becomes slow when something is looked for in a list again and again. */
export const wide: BySize = {
  'A star over thousands of columns': (size) => ({
    text: 'SELECT * FROM (SELECT * FROM (SELECT * FROM tpch.wide))',
    options: many(2_500 * size),
  }),
  'Hundreds of columns by name': (size) => ({
    text: `SELECT ${times(150 * size, (index) => `column_${index}`, ', ')} FROM tpch.wide`,
    options: many(5_000),
  }),
  'Joins one after the other': (size) => ({
    text: `SELECT t0.column_1 FROM tpch.wide AS t0${times(50 * size, (index) => ` JOIN tpch.wide AS t${index + 1} ON t0.column_1 = t${index + 1}.column_2`)}`,
    options: many(100),
  }),
  'Statements of a script': (size) => ({ text: 'SELECT r_name FROM tpch.region;\n'.repeat(100 * size) }),
};
