import type { ColumnSource } from '../../sql/facts.ts';
import type { AccessObject } from './access.ts';
import { matchesName, mayMatchName } from './match-name.ts';

/** A pattern of the policy file: `shop.customers.email`, or `partner:ext.t` for another project. */
export interface NamePattern {
  readonly project: string;
  readonly pattern: string;
  /** The pattern, split at its dots. */
  readonly segments: readonly string[];
}

export function namePattern(text: string, project: string): NamePattern {
  const colon = text.lastIndexOf(':');
  return colon < 0 ? split(project, text) : split(text.slice(0, colon), text.slice(colon + 1));
}

const split = (project: string, pattern: string): NamePattern => ({
  project,
  pattern,
  segments: pattern.split('.'),
});

/** Columns are compared without regard to case, datasets and tables with it, as BigQuery does. */
export function columnPattern(text: string, project: string): NamePattern {
  const { project: owner, pattern, segments } = namePattern(text, project);
  const tablePart = pattern.startsWith('**') ? 0 : 2;
  return split(owner, segments.map((each, i) => (i < tablePart ? each : each.toLowerCase())).join('.'));
}

export function columnMayMatch(pattern: NamePattern, column: ColumnSource): boolean {
  return columnMatches(pattern, column, mayMatchName);
}

export function columnCoveredBy(pattern: NamePattern, column: ColumnSource): boolean {
  return columnMatches(pattern, column, matchesName);
}

type Matches = (pattern: readonly string[], segments: readonly string[]) => boolean;

function columnMatches(pattern: NamePattern, column: ColumnSource, matches: Matches): boolean {
  if (pattern.project !== column.table.project) return false;
  const { dataset, name } = column.table;
  const path = column.path.map((field) => field.toLowerCase());
  return touchesPath(pattern.segments, [dataset, name], path, matches);
}

/** A tag on a record covers its fields, and reading a record reads the tagged fields within it. */
function touchesPath(
  pattern: readonly string[],
  table: readonly string[],
  path: readonly string[],
  matches: Matches,
): boolean {
  for (let length = 1; length <= path.length; length += 1) {
    if (matches(pattern, [...table, ...path.slice(0, length)])) return true;
  }
  return false;
}

export function objectCoveredBy(
  pattern: NamePattern,
  object: AccessObject,
  level: 'dataset' | 'table',
): boolean {
  return objectMatches(pattern, object, level, matchesName);
}

export function objectMayMatch(
  pattern: NamePattern,
  object: AccessObject,
  level: 'dataset' | 'table',
): boolean {
  return objectMatches(pattern, object, level, mayMatchName);
}

/** Whether a pattern of tables may match one in the dataset. */
export function mayLieIn(
  { project, segments }: NamePattern,
  object: { readonly project: string; readonly dataset: string },
): boolean {
  return project === object.project && mayMatchName(segments, [object.dataset, '*']);
}

function objectMatches(
  pattern: NamePattern,
  object: AccessObject,
  level: 'dataset' | 'table',
  matches: Matches,
): boolean {
  if (object.kind !== 'dataset' && object.kind !== 'table') return false;
  if (object.project !== pattern.project) return false;
  if (level === 'dataset') return matches(pattern.segments, [object.dataset]);
  return object.kind === 'table' && matches(pattern.segments, [object.dataset, object.table]);
}
