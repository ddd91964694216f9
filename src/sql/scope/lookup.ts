import type { Name, Path, Range } from '../ast/index.ts';
import { fieldOf, merge } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { reportGap } from '../resolve/pass.ts';
import { namedSources, sourceNamed } from './relation.ts';
import type { Relation } from './relation.ts';
import type { Scope } from './scope.ts';
import type { Column, NameUse, Source } from './source.ts';

/** What a dotted name was bound to: the value, and how many of its parts that took. */
export interface Found {
  readonly value: Value;
  readonly parts: number;
}

/** Binds a dotted name to the innermost scope that knows its first part. */
export function lookup(parts: Path, scope: Scope, item: boolean): Found | undefined {
  const open: Value[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = lookupIn(parts, at, item);
    if (found !== undefined)
      return open.length === 0 ? found : { ...found, value: merge([found.value, ...open]) };
    if (at.relation !== undefined) open.push(...openValues(at.relation, parts));
  }
  const outside = lookupOutside(parts, scope);
  if (outside !== undefined) return outside;
  return open.length === 0 ? undefined : { value: merge(open), parts: 1 };
}

function lookupIn(parts: Path, scope: Scope, item: boolean): Found | undefined {
  const name = parts[0].name.toLowerCase();
  const local = scope.local?.get(name) ?? scope.aliases?.get(name);
  const column =
    local === undefined || scope.both === true ? lookupRelation(parts, scope, name, item) : undefined;
  if (local === undefined) return column;
  return { value: column?.parts === 1 ? merge([local, column.value]) : local, parts: 1 };
}

function lookupRelation(parts: Path, scope: Scope, name: string, item: boolean): Found | undefined {
  if (scope.relation === undefined) return undefined;
  const source = sourceNamed(scope.relation, name);
  if (source !== undefined) return throughSource(source, parts, scope, item);
  return throughColumn(parts, scope, scope.relation, item);
}

function throughSource(source: Source, parts: Path, scope: Scope, item: boolean): Found | undefined {
  const [, second] = parts;
  if (second === undefined) return { value: source.row(), parts: 1 };
  const column = source.find(second.name.toLowerCase());
  if (column !== undefined) return { value: readColumn(column, parts, 1, item), parts: 2 };
  const row = source.open ? openColumn(source, second.name) : fieldOf(source.row(), second.name);
  if (row !== undefined) return { value: row, parts: 2 };
  return scope.relation === undefined ? undefined : throughColumn(parts, scope, scope.relation, item);
}

function throughColumn(parts: Path, scope: Scope, relation: Relation, item: boolean): Found | undefined {
  const [first, second] = relation.find(parts[0].name.toLowerCase());
  if (first === undefined) return undefined;
  const value = readColumn(first, parts, 0, item);
  if (second === undefined) return { value, parts: 1 };
  reportGap(scope.pass, 'ambiguous-name', `${parts[0].name} is in more than one table`, parts[0].range);
  return { value: merge([value, readColumn(second, parts, 0, item)]), parts: 1 };
}

function readColumn(column: Column, parts: Path, at: number, item: boolean): Value {
  const name: Name = parts[at] ?? parts[0];
  const use: NameUse = { range: name.range, item: item && at === parts.length - 1 };
  column.read?.(
    parts.slice(at + 1).map((part) => part.name),
    use,
  );
  return column.value;
}

/** Sources whose columns are not known might have this one. */
function openValues(relation: Relation, parts: Path): readonly Value[] {
  return relation.sources.filter((source) => source.open).map((source) => openColumn(source, parts[0].name));
}

function openColumn(source: Source, name: string): Value {
  const column = source.find(name.toLowerCase()) ?? source.guess?.(name);
  if (column === undefined) return fieldOf(source.row(), name) ?? source.row();
  column.read?.([]);
  return column.value;
}

function lookupOutside(parts: Path, scope: Scope): Found | undefined {
  const name = parts[0].name.toLowerCase();
  const value = scope.pass.arguments.get(name) ?? scope.pass.script.variables.get(name);
  return value === undefined ? byTablePath(parts, scope) : { value, parts: 1 };
}

/** `dataset.table.column`, where the table has no alias. */
function byTablePath(parts: Path, scope: Scope): Found | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const source of at.relation === undefined ? [] : namedSources(at.relation)) {
      const found = matchPath(source, parts);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function matchPath(source: Source, parts: Path): Found | undefined {
  const length = pathLength(source, parts);
  const last = parts[length - 1];
  if (last === undefined) return undefined;
  const range: Range = { start: parts[0].range.start, end: last.range.end };
  const next = parts[length];
  if (next === undefined) {
    source.qualified?.(range);
    return { value: source.row(), parts: length };
  }
  const column = source.find(next.name.toLowerCase());
  if (column === undefined) return undefined;
  source.qualified?.(range);
  return { value: readColumn(column, parts, length, false), parts: length + 1 };
}

function pathLength(source: Source, parts: Path): number {
  const path = source.path?.map((part) => part.name) ?? [];
  if (path.length === 0) return 0;
  if (parts[0].name === path.join('.')) return 1;
  return path.every((name, index) => parts[index]?.name === name) ? path.length : 0;
}

/** The source that the qualifier of `qualifier.*` names, if it is one. */
export function findSource(parts: Path, scope: Scope): Source | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.relation === undefined) continue;
    const named = parts.length === 1 ? sourceNamed(at.relation, parts[0].name.toLowerCase()) : undefined;
    const source =
      named ?? namedSources(at.relation).find((each) => pathLength(each, parts) === parts.length);
    if (source !== undefined) {
      const last = parts[parts.length - 1] ?? parts[0];
      if (named === undefined) source.qualified?.({ start: parts[0].range.start, end: last.range.end });
      return source;
    }
  }
  return undefined;
}

/** True when the name is a range variable or a column in scope: then `name.array` in FROM is no table. */
export function isInScope(name: Name, scope: Scope): boolean {
  const wanted = name.name.toLowerCase();
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.local?.has(wanted) === true) return true;
    if (at.relation !== undefined && isInRelation(wanted, at.relation)) return true;
  }
  return scope.pass.arguments.has(wanted) || scope.pass.script.variables.has(wanted);
}

function isInRelation(name: string, relation: Relation): boolean {
  return sourceNamed(relation, name) !== undefined || relation.find(name).length > 0;
}
