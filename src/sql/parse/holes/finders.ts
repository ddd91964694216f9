import { queryHere, queryInParentheses, statementPipe } from '../pipes/holes.ts';
import { readPipeline } from '../pipes/pipeline.ts';
import { plainStatements } from '../pipes/regions.ts';
import type { Source } from '../source.ts';
import { aggregateRows } from './aggregates.ts';
import { dash } from './dashes.ts';
import { plainFromItem } from './plain-tables.ts';
import { noHoles, type Holes } from './holes.ts';
import { clamped, privacy } from './privacy.ts';
import { lateral, queryName, unnest } from './from-items.ts';
import { generated, generatedShort } from './generated.ts';
import { joinCondition } from './nested-joins.ts';
import { insertMode, rowCount, thenReturn } from './row-changes.ts';
import { scanHoles, type Finder, type Scan } from './scan.ts';
import { bareStar, fieldStar } from './stars.ts';
import {
  aggregateFunction,
  anyTable,
  defaultConnection,
  externalSecurity,
  lastComma,
  lateOptions,
  loadedPartitions,
  loadedTemporary,
  notAggregate,
  readingOf,
  statementHere,
  type StatementHole,
} from './statements.ts';
import { tableTail } from './table-tails.ts';
import {
  adjacentLiterals,
  arrayQuery,
  assignmentTarget,
  atTimeZone,
  collation,
  decimalLiteral,
  defaultValue,
  dottedNumber,
  frame,
  graphTable,
  inputTable,
  keywordCall,
  lambda,
  like,
  notLike,
  nullsOrder,
  objectArgument,
  patternSign,
  joinHint,
  range as rangeForms,
  rowType,
  setOperation,
  setPrefix,
  typeWord,
  windowName,
  withDepth,
  withExpression,
} from './words.ts';

const withWord: Finder = (scan, index) =>
  withExpression(scan, index) ?? withDepth(scan, index) ?? privacy(scan, index);

const connection: Finder = (scan, index) => defaultConnection(scan, index) ?? objectArgument(scan, index);

const asWord: Finder = (scan, index) =>
  rowType(scan, index) ?? queryName(scan, index) ?? generatedShort(scan, index);

const notWord: Finder = (scan, index) => notLike(scan, index) ?? notAggregate(scan, index);

const leftWord: Finder = (scan, index) => setPrefix(scan, index) ?? keywordCall(scan, index);

const finders: Readonly<Record<string, Finder>> = {
  $: patternSign,
  '(': queryInParentheses,
  '*': bareStar,
  ',': lastComma,
  '.': fieldStar,
  '-': dash,
  '->': lambda,
  AGGREGATE: aggregateFunction,
  ANY: anyTable,
  ARRAY: arrayQuery,
  ASSERT_ROWS_MODIFIED: rowCount,
  AS: asWord,
  AT: atTimeZone,
  BIGDECIMAL: decimalLiteral,
  BOOLEAN: typeWord,
  CHAR: typeWord,
  CLAMPED: clamped,
  COLLATE: collation,
  CONNECTION: connection,
  DECIMAL: decimalLiteral,
  DEFAULT: defaultValue,
  DOUBLE: typeWord,
  EXCEPT: setOperation,
  EXTERNAL: externalSecurity,
  FLOAT: typeWord,
  FLOAT32: typeWord,
  FOR: tableTail,
  FULL: setPrefix,
  GENERATED: generated,
  GRAPH_TABLE: graphTable,
  GROUP: aggregateRows,
  HASH: joinHint,
  IF: keywordCall,
  INNER: setPrefix,
  INPUT: inputTable,
  INT32: typeWord,
  INSERT: insertMode,
  INTERSECT: setOperation,
  LATERAL: lateral,
  LEFT: leftWord,
  LIKE: like,
  LOOKUP: joinHint,
  MATCH_RECOGNIZE: tableTail,
  MODEL: objectArgument,
  NOT: notWord,
  NULLS: nullsOrder,
  ON: joinCondition,
  OPTIONS: lateOptions,
  OUTER: setPrefix,
  PARTITIONS: loadedPartitions,
  PIVOT: tableTail,
  RANGE: rangeForms,
  REAL: typeWord,
  RIGHT: keywordCall,
  ROWS: frame,
  TABLESAMPLE: tableTail,
  TEMP: loadedTemporary,
  TEMPORARY: loadedTemporary,
  TEXT: typeWord,
  THEN: thenReturn,
  UINT32: typeWord,
  UINT64: typeWord,
  UNION: setOperation,
  UNNEST: unnest,
  UNPIVOT: tableTail,
  USING: joinCondition,
  VARCHAR: typeWord,
  WHERE: aggregateRows,
  WITH: withWord,
};

const others: Finder = (scan, index) =>
  statementHere(scan, index) ??
  queryHere(scan, index) ??
  adjacentLiterals(scan, index) ??
  dottedNumber(scan, index) ??
  assignmentTarget(scan, index) ??
  windowName(scan, index) ??
  plainFromItem(scan, index);

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
    queries: new Map(),
    statements: new Map(),
  };
  return scanHoles(clause === '' ? { ...scan, ...findStatements(source, from, to) } : scan, finders, others);
};

const findStatements = (source: Source, from: number, to: number): Pick<Scan, 'queries' | 'statements'> => {
  const queries: Scan['queries'] = new Map();
  const statements = new Map<number, StatementHole>();
  for (const region of plainStatements(source, from, to)) {
    const read = readingOf(source, region);
    const pipe = read === undefined ? statementPipe(source, region) : undefined;
    if (read !== undefined) statements.set(region.from, { to: region.to, read });
    if (pipe !== undefined) queries.set(pipe, { to: region.to, read: readPipeline });
  }
  return { queries, statements };
};
