import type { ColumnSource } from '../../sql/facts.ts';
import type { RuleException } from './document.ts';
import {
  columnCoveredBy,
  columnMayMatch,
  columnPattern,
  namePattern,
  objectCoveredBy,
  objectMayMatch,
  type NamePattern,
} from './names.ts';
import type { Tag } from './tags.ts';
import { isTableOf, type ReadColumn, type Touched, type TouchedPair } from './touched.ts';

/** The objects in the `except` of a rule. */
export interface TakenOut {
  readonly datasets: readonly NamePattern[];
  readonly tables: readonly NamePattern[];
  readonly columns: readonly NamePattern[];
  readonly tags: readonly Tag[];
}

/** `undefined` where a rule takes out nobody, or only principals. */
export function takenOut(
  except: RuleException | undefined,
  project: string,
  bind: (tags: readonly string[]) => readonly Tag[],
): TakenOut | undefined {
  const { datasets, tables, columns, tags } = except ?? {};
  if ([datasets, tables, columns, tags].every((list) => list === undefined)) return undefined;
  return {
    datasets: (datasets ?? []).map((name) => namePattern(name, project)),
    tables: (tables ?? []).map((name) => namePattern(name, project)),
    columns: (columns ?? []).map((name) => columnPattern(name, project)),
    tags: bind(tags ?? []),
  };
}

/** What may be taken out is not opened: by the name, or by anything that is read of it. */
export function mayBeTakenOut(out: TakenOut, { pair, all }: TouchedPair, touched: Touched): boolean {
  return (
    out.datasets.some((pattern) => objectMayMatch(pattern, pair.object, 'dataset')) ||
    out.tables.some((pattern) => objectMayMatch(pattern, pair.object, 'table')) ||
    out.tags.some((tag) => all.has(tag)) ||
    columnsOf(pair.object, touched).some(({ column }) => isNamed(column, out, columnMayMatch))
  );
}

/**
 * A closing rule keeps silent only where the object is taken out for certain, or all columns for which it would fire.
 * `closing`: the tags by which the rule closes.
 */
export function isTakenOut(
  out: TakenOut,
  { pair, own }: TouchedPair,
  touched: Touched,
  closing: readonly Tag[] | undefined,
): boolean {
  return (
    out.datasets.some((pattern) => objectCoveredBy(pattern, pair.object, 'dataset')) ||
    out.tables.some((pattern) => objectCoveredBy(pattern, pair.object, 'table')) ||
    out.tags.some((tag) => own.has(tag)) ||
    areTakenOut(out, columnsOf(pair.object, touched), touched, closing)
  );
}

function areTakenOut(
  out: TakenOut,
  columns: readonly ReadColumn[],
  { isUnseen }: Touched,
  closing: readonly Tag[] | undefined,
): boolean {
  if (out.columns.length === 0) return false;
  const closed = columns.filter(
    ({ tags }) => closing === undefined || tags.some((tag) => closing.includes(tag)),
  );
  // Before the columns are known, nothing is denied that may be allowed later.
  if (closed.length === 0) return isUnseen;
  return closed.every(({ column }) => isNamed(column, out, columnCoveredBy));
}

const columnsOf = (object: TouchedPair['pair']['object'], { columns }: Touched): readonly ReadColumn[] =>
  columns.filter(({ column }) => isTableOf(object, column));

const isNamed = (
  column: ColumnSource,
  { columns }: TakenOut,
  matches: (pattern: NamePattern, column: ColumnSource) => boolean,
): boolean => columns.some((pattern) => matches(pattern, column));
