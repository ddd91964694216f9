import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import { boundedMap } from '../../sql/bounded-map.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import type { AccessObject } from './access.ts';
import { append } from './append.ts';
import type { PolicyDocument } from './document.ts';
import { nameIndex } from './find-by-name.ts';
import { mayMatchName } from './match-name.ts';
import { columnMayMatch, columnPattern, namePattern, objectMayMatch, type NamePattern } from './names.ts';
import type { Traits } from './traits.ts';

/** A tag with its patterns split once, when the policy is loaded. */
export interface Tag {
  readonly name: string;
  readonly columns: readonly NamePattern[];
  readonly tables: readonly NamePattern[];
  readonly datasets: readonly NamePattern[];
  readonly policyTags: readonly string[];
  readonly labels: readonly string[];
}

/** The tags of a policy, found by what carries them. */
export interface Tags {
  readonly byName: ReadonlyMap<string, Tag>;
  /** No column of any tag. */
  readonly none: Readonly<Record<string, bigint>>;
  /** Tags that only BigQuery's labels give: before a table was looked up, any object may carry them. */
  readonly byLabel: readonly Tag[];
  ofObject(object: AccessObject, traits: Traits): readonly Tag[];
  /** A column carries the tags of its table and its dataset too. */
  ofColumn(column: ColumnSource, traits: Traits): readonly Tag[];
  /** Whether anything in the dataset may carry a tag by the names in the policy. */
  inDataset(project: string, dataset: string): boolean;
}

export function compileTags(document: PolicyDocument): Tags {
  const names = (list: readonly string[]): readonly NamePattern[] =>
    list.map((text) => namePattern(text, document.project));
  const tags = Object.entries(document.tags).map(([name, tag]): Tag => {
    return {
      name,
      columns: tag.columns.map((text) => columnPattern(text, document.project)),
      tables: names(tag.tables),
      datasets: names(tag.datasets),
      policyTags: tag.policyTags ?? [],
      labels: Object.entries(tag.labels ?? {}).map(labelKey),
    };
  });
  return indexTags(tags);
}

const labelKey = ([name, value]: readonly [string, string]): string => `${name}=${value}`;

function indexTags(tags: readonly Tag[]): Tags {
  const names = nameIndex<Tag>();
  const fields = new Map<string, Tag[]>();
  const anywhere = new Set<string>();
  const policyTags = new Map<string, Tag[]>();
  const labels = new Map<string, Tag[]>();
  const inside = boundedMap<string, boolean>(1000);
  for (const tag of tags) {
    for (const pattern of [...tag.columns, ...tag.tables, ...tag.datasets]) {
      const field = tag.columns.includes(pattern) ? lastField(pattern) : undefined;
      if (field === undefined) names.add(pattern, tag);
      else append(fields, field, tag);
      if (field !== undefined) anywhere.add(pattern.project);
    }
    for (const policyTag of tag.policyTags) append(policyTags, policyTag, tag);
    for (const label of tag.labels) append(labels, label, tag);
  }
  const labelled = (object: AccessObject, traits: Traits): readonly Tag[] =>
    labels.size === 0 ? [] : traits.labelsOf(object).flatMap((entry) => labels.get(labelKey(entry)) ?? []);
  return {
    byName: new Map(tags.map((tag) => [tag.name, tag])),
    none: Object.fromEntries(tags.map(({ name }) => [name, 0n])),
    byLabel: tags.filter((tag) => tag.labels.length > 0),
    ofObject(object, traits) {
      if (object.kind !== 'dataset' && object.kind !== 'table') return [];
      const table = object.kind === 'table' ? object.table : undefined;
      const near = new Set(names.near(object.project, object.dataset, table));
      return [...[...near].filter((tag) => objectHasTag(tag, object)), ...labelled(object, traits)];
    },
    ofColumn(column, traits) {
      const { project, dataset, name } = column.table;
      const near = new Set([
        ...names.near(project, dataset, name),
        ...column.path.flatMap((field) => fields.get(field.toLowerCase()) ?? []),
      ]);
      const object = { kind: 'table', project, dataset, table: name } as const;
      return [
        ...[...near].filter((tag) => columnHasTag(tag, column)),
        ...labelled(object, traits),
        ...(policyTags.size === 0
          ? []
          : policyTagsOf(traits.table(column.table), column.path).flatMap(
              (each) => policyTags.get(each) ?? [],
            )),
      ];
    },
    inDataset(project, dataset) {
      if (anywhere.has(project)) return true;
      const key = `${project}.${dataset}`;
      const known = inside.get(key);
      if (known !== undefined) return known;
      const found = names.near(project, '*').some((tag) => mayTagIn(tag, project, dataset));
      inside.set(key, found);
      return found;
    },
  };
}

/** `ssn` of `**.ssn`: such a pattern lies under the field, since it may be in any table. */
function lastField({ segments }: NamePattern): string | undefined {
  const last = segments.at(-1) ?? '*';
  return segments[0] === '**' && !last.includes('*') ? last : undefined;
}

function mayTagIn({ columns, tables, datasets }: Tag, project: string, dataset: string): boolean {
  return [...columns, ...tables, ...datasets].some(
    (name) => name.project === project && mayMatchName(name.segments.slice(0, 1), [dataset]),
  );
}

/** A column carries the tag when the tag names it, its table or its dataset. */
function columnHasTag(tag: Tag, column: ColumnSource): boolean {
  const { project, dataset, name } = column.table;
  return (
    tag.columns.some((pattern) => columnMayMatch(pattern, column)) ||
    objectHasTag(tag, { kind: 'table', project, dataset, table: name })
  );
}

/** A table carries the tag when the tag names it or its dataset; a wildcard table if any of its tables may. */
function objectHasTag(tag: Tag, object: AccessObject): boolean {
  return (
    tag.tables.some((pattern) => objectMayMatch(pattern, object, 'table')) ||
    tag.datasets.some((pattern) => objectMayMatch(pattern, object, 'dataset'))
  );
}

/** Of the column and of the records around it. */
export function policyTagsOf(table: CatalogTable | undefined, path: readonly string[]): readonly string[] {
  let columns: readonly CatalogColumn[] = table?.columns ?? [];
  const found: string[] = [];
  for (const name of path) {
    const column = columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (column === undefined) break;
    found.push(...(column.policyTags ?? []));
    columns = column.fields ?? [];
  }
  return found;
}
