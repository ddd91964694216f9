import { pipeHere, pipeInParentheses, statementPipe } from '../pipes/holes.ts';
import { plainStatements } from '../pipes/regions.ts';
import type { Source } from '../source.ts';
import { dash } from './dashes.ts';
import { noHoles, type Holes } from './holes.ts';
import { scanHoles, type Finder, type Scan } from './scan.ts';
import { bareStar, fieldStar } from './stars.ts';
import {
  aggregateFunction,
  anyTable,
  lateOptions,
  notAggregate,
  readingOf,
  statementHere,
  storing,
  type StatementHole,
} from './statements.ts';
import { tableTail } from './table-tails.ts';
import {
  adjacentLiterals,
  assignmentTarget,
  atTimeZone,
  booleanType,
  collation,
  decimalLiteral,
  defaultValue,
  frame,
  graphTable,
  inputTable,
  keywordCall,
  lambda,
  likeAny,
  nullsOrder,
  objectArgument,
  patternSign,
  privacy,
  range as rangeForms,
  setOperation,
  setPrefix,
  withExpression,
} from './words.ts';

const withWord: Finder = (scan, index) => withExpression(scan, index) ?? privacy(scan, index);

const leftWord: Finder = (scan, index) => setPrefix(scan, index) ?? keywordCall(scan, index);

const finders: Readonly<Record<string, Finder>> = {
  $: patternSign,
  '(': pipeInParentheses,
  '*': bareStar,
  '.': fieldStar,
  '-': dash,
  '->': lambda,
  AGGREGATE: aggregateFunction,
  ANY: anyTable,
  AT: atTimeZone,
  BIGDECIMAL: decimalLiteral,
  BOOLEAN: booleanType,
  COLLATE: collation,
  CONNECTION: objectArgument,
  DECIMAL: decimalLiteral,
  DEFAULT: defaultValue,
  EXCEPT: setOperation,
  FOR: tableTail,
  FULL: setPrefix,
  GRAPH_TABLE: graphTable,
  IF: keywordCall,
  INNER: setPrefix,
  INPUT: inputTable,
  INTERSECT: setOperation,
  LEFT: leftWord,
  LIKE: likeAny,
  MATCH_RECOGNIZE: tableTail,
  MODEL: objectArgument,
  NOT: notAggregate,
  NULLS: nullsOrder,
  OPTIONS: lateOptions,
  OUTER: setPrefix,
  PIVOT: tableTail,
  RANGE: rangeForms,
  RIGHT: keywordCall,
  ROWS: frame,
  STORING: storing,
  TABLESAMPLE: tableTail,
  UNION: setOperation,
  UNPIVOT: tableTail,
  WITH: withWord,
};

const others: Finder = (scan, index) =>
  statementHere(scan, index) ??
  pipeHere(scan, index) ??
  adjacentLiterals(scan, index) ??
  assignmentTarget(scan, index);

/** Everything in a fragment that has to be read by hand. */
export const findHoles = (
  source: Source,
  range: { readonly from: number; readonly to: number; readonly clause: string },
): Holes => {
  const { from, to, clause } = range;
  const scan: Scan = {
    source,
    from,
    to,
    holes: noHoles(),
    levels: [{ open: -1, clause }],
    pipes: new Map(),
    statements: new Map(),
  };
  return scanHoles(clause === '' ? { ...scan, ...findStatements(source, from, to) } : scan, finders, others);
};

const findStatements = (source: Source, from: number, to: number): Pick<Scan, 'pipes' | 'statements'> => {
  const pipes = new Map<number, number>();
  const statements = new Map<number, StatementHole>();
  for (const region of plainStatements(source, from, to)) {
    const read = readingOf(source, region);
    const pipe = read === undefined ? statementPipe(source, region) : undefined;
    if (read !== undefined) statements.set(region.from, { to: region.to, read });
    if (pipe !== undefined) pipes.set(pipe, region.to);
  }
  return { pipes, statements };
};
