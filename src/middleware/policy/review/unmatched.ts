import type { CatalogColumn, CatalogTable } from '../../../sql/catalog.ts';
import type { PolicyDocument } from '../document.ts';
import { matchesName } from '../match-name.ts';
import { columnPattern, namePattern, type NamePattern } from '../names.ts';
import type { Finding } from './finding.ts';

/** What there is, for names to be looked up in. */
export interface KnownObjects {
  readonly tables: readonly CatalogTable[];
  /** Full names of routines: rules name them like tables. */
  readonly routines: readonly string[];
}

type Level = 'datasets' | 'tables' | 'columns';

interface Written {
  readonly level: Level;
  readonly text: string;
  readonly path: readonly PropertyKey[];
}

/** Patterns that cannot match anything, and with a catalog those that match nothing in it. */
export function unmatchedPatterns(
  document: PolicyDocument,
  known: KnownObjects | undefined,
): readonly Finding[] {
  const names = known === undefined ? undefined : namesOf(known);
  const absent = new Set<string>();
  return patternsOf(document).flatMap(({ level, text, path }) => {
    const pattern =
      level === 'columns' ? columnPattern(text, document.project) : namePattern(text, document.project);
    const shape = wrongShape(pattern, level);
    if (shape !== undefined) return [{ severity: 'error', kind: 'unmatched', path, message: shape } as const];
    if (names === undefined) return [];
    if (names.has(pattern, level)) return [];
    if (!names.projects.has(pattern.project)) {
      if (absent.has(pattern.project)) return [];
      absent.add(pattern.project);
      return [unknownProject(pattern.project, path)];
    }
    return [notThere(text, level, path)];
  });
}

function listed(
  level: Level,
  names: readonly string[] | undefined,
  ...path: readonly PropertyKey[]
): readonly Written[] {
  return (names ?? []).map((text, index) => ({ level, text, path: [...path, level, index] }));
}

function patternsOf({ rules, tags }: PolicyDocument): readonly Written[] {
  return [
    ...Object.entries(tags).flatMap(([name, tag]) => [
      ...listed('columns', tag.columns, 'tags', name),
      ...listed('tables', tag.tables, 'tags', name),
      ...listed('datasets', tag.datasets, 'tags', name),
    ]),
    ...rules.flatMap((rule, index) => [
      ...listed('datasets', rule.datasets, 'rules', index),
      ...listed('tables', rule.tables, 'rules', index),
      ...listed('datasets', rule.except?.datasets, 'rules', index, 'except'),
      ...listed('tables', rule.except?.tables, 'rules', index, 'except'),
      ...listed('columns', rule.except?.columns, 'rules', index, 'except'),
    ]),
  ];
}

const forms = {
  datasets: 'A dataset is one name',
  tables: 'A table is written dataset.table',
  columns: 'A column is written dataset.table.column',
} as const;

function wrongShape({ pattern, segments }: NamePattern, level: Level): string | undefined {
  const fixed = segments.filter((each) => each !== '**').length;
  const least = { datasets: 1, tables: 2, columns: 3 }[level];
  const most = level === 'columns' ? Number.POSITIVE_INFINITY : least;
  const fits = segments.includes('**') ? fixed <= most : fixed >= least && fixed <= most;
  return fits ? undefined : `${pattern} matches nothing. ${forms[level]}.`;
}

interface Names {
  readonly projects: ReadonlySet<string>;
  has(pattern: NamePattern, level: Level): boolean;
}

function namesOf({ tables, routines }: KnownObjects): Names {
  const objects = [
    ...tables.map(({ name }) => [name.project, name.dataset, name.name] as const),
    ...routines.map((full) => splitName(full)),
  ];
  const lists = {
    datasets: distinct(objects.map(([project, dataset]) => [project, dataset])),
    tables: objects,
    columns: tables.flatMap(({ name, columns, pseudoColumns }) =>
      pathsOf([...columns, ...pseudoColumns]).map((path) => [name.project, name.dataset, name.name, ...path]),
    ),
  };
  const exact = {
    datasets: new Set(lists.datasets.map(keyOf)),
    tables: new Set(lists.tables.map(keyOf)),
    columns: new Set(lists.columns.map(keyOf)),
  };
  return {
    projects: new Set(objects.map(([project]) => project)),
    has({ project, segments, pattern }, level) {
      if (!pattern.includes('*')) return exact[level].has(keyOf([project, ...segments]));
      return lists[level].some(([owner, ...name]) => owner === project && matchesName(segments, name));
    },
  };
}

const keyOf = (parts: readonly string[]): string => parts.join('\0');

const distinct = (names: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(names.map((name) => [keyOf(name), name])).values(),
];

function splitName(full: string): readonly [string, string, string] {
  const parts = full.split('.');
  return [parts.slice(0, -2).join('.'), parts.at(-2) ?? '', parts.at(-1) ?? ''];
}

/** Records and their fields. */
function pathsOf(columns: readonly CatalogColumn[]): readonly (readonly string[])[] {
  return columns.flatMap(({ name, fields = [] }) => [
    [name.toLowerCase()],
    ...pathsOf(fields).map((path) => [name.toLowerCase(), ...path]),
  ]);
}

const singular = { datasets: 'dataset', tables: 'table', columns: 'column' } as const;

function notThere(text: string, level: Level, path: readonly PropertyKey[]): Finding {
  return text.includes('*')
    ? {
        severity: 'warning',
        kind: 'unmatched',
        path,
        message: `${text} matches no ${singular[level]} of the catalog.`,
      }
    : { severity: 'error', kind: 'unknown', path, message: `The catalog has no ${singular[level]} ${text}.` };
}

function unknownProject(project: string, path: readonly PropertyKey[]): Finding {
  const message = `The catalog has nothing of project ${project}, so names in it were not looked up.`;
  return { severity: 'warning', kind: 'unmatched', path, message };
}
