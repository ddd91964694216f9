import { findStatementPipes, pipeHere, pipeInParentheses } from '../pipes/holes.ts';
import type { Source } from '../source.ts';
import { dash } from './dashes.ts';
import type { Holes } from './holes.ts';
import { scanHoles, type Finder } from './scan.ts';
import { bareStar, fieldStar } from './stars.ts';
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
  inputTable,
  keywordCall,
  lambda,
  likeAny,
  nullsOrder,
  objectArgument,
  patternSign,
  range as rangeForms,
  setOperation,
  setPrefix,
  withExpression,
} from './words.ts';

const leftWord: Finder = (scan, index) => setPrefix(scan, index) ?? keywordCall(scan, index);

const finders: Readonly<Record<string, Finder>> = {
  $: patternSign,
  '(': pipeInParentheses,
  '*': bareStar,
  '.': fieldStar,
  '-': dash,
  '->': lambda,
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
  IF: keywordCall,
  INNER: setPrefix,
  INPUT: inputTable,
  INTERSECT: setOperation,
  LEFT: leftWord,
  LIKE: likeAny,
  MATCH_RECOGNIZE: tableTail,
  MODEL: objectArgument,
  NULLS: nullsOrder,
  OUTER: setPrefix,
  PIVOT: tableTail,
  RANGE: rangeForms,
  RIGHT: keywordCall,
  ROWS: frame,
  TABLESAMPLE: tableTail,
  UNION: setOperation,
  UNPIVOT: tableTail,
  WITH: withExpression,
};

const others: Finder = (scan, index) =>
  pipeHere(scan, index) ?? adjacentLiterals(scan, index) ?? assignmentTarget(scan, index);

/** Everything in a fragment that has to be read by hand. */
export const findHoles = (
  source: Source,
  range: { readonly from: number; readonly to: number; readonly clause: string },
): Holes => {
  const pipes =
    range.clause === '' ? findStatementPipes(source, range.from, range.to) : new Map<number, number>();
  return scanHoles(source, { ...range, pipes }, finders, others);
};
