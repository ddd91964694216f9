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
  frameDistance,
  lambda,
  likeAny,
  nullsOrder,
  objectArgument,
  range as rangeForms,
  setOperation,
  setPrefix,
  withExpression,
} from './words.ts';

const finders: Readonly<Record<string, Finder>> = {
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
  FOLLOWING: frameDistance,
  FOR: tableTail,
  FULL: setPrefix,
  INNER: setPrefix,
  INTERSECT: setOperation,
  LEFT: setPrefix,
  LIKE: likeAny,
  MODEL: objectArgument,
  NULLS: nullsOrder,
  OUTER: setPrefix,
  PIVOT: tableTail,
  PRECEDING: frameDistance,
  RANGE: rangeForms,
  TABLESAMPLE: tableTail,
  UNION: setOperation,
  UNPIVOT: tableTail,
  WITH: withExpression,
};

const others: Finder = (scan, index) => adjacentLiterals(scan, index) ?? assignmentTarget(scan, index);

/** Everything in a fragment that has to be read by hand. */
export const findHoles = (
  source: Source,
  range: { readonly from: number; readonly to: number; readonly clause: string },
): Holes => scanHoles(source, range, finders, others);
