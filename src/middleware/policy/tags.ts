import type { ColumnSource } from '../../sql/facts.ts';
import type { AccessObject } from './access.ts';
import type { PolicyDocument } from './document.ts';
import { columnMayMatch, columnPattern, namePattern, objectMayMatch, type NamePattern } from './names.ts';

/** A tag with its patterns split once, when the policy is loaded. */
export interface Tag {
  readonly name: string;
  readonly columns: readonly NamePattern[];
  readonly tables: readonly NamePattern[];
  readonly datasets: readonly NamePattern[];
}

export function compileTags(document: PolicyDocument): ReadonlyMap<string, Tag> {
  const { project } = document;
  return new Map(
    Object.entries(document.tags).map(([name, tag]) => [
      name,
      {
        name,
        columns: tag.columns.map((text) => columnPattern(text, project)),
        tables: tag.tables.map((text) => namePattern(text, project)),
        datasets: tag.datasets.map((text) => namePattern(text, project)),
      },
    ]),
  );
}

/** A column carries the tag when the tag names it, its table or its dataset. */
export function columnHasTag(tag: Tag, column: ColumnSource): boolean {
  const { project, dataset, name } = column.table;
  return (
    tag.columns.some((pattern) => columnMayMatch(pattern, column)) ||
    objectHasTag(tag, { kind: 'table', project, dataset, table: name })
  );
}

/** A table carries the tag when the tag names it or its dataset; a wildcard table if any of its tables may. */
export function objectHasTag(tag: Tag, object: AccessObject): boolean {
  return (
    tag.tables.some((pattern) => objectMayMatch(pattern, object, 'table')) ||
    tag.datasets.some((pattern) => objectMayMatch(pattern, object, 'dataset'))
  );
}
