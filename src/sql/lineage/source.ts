import type { ObjectName } from '../catalog.ts';
import type { ColumnSource } from '../facts.ts';

/** Sources are shared objects, one per table name object and path, so that a set compares them by identity. */
export type Sources = ReadonlySet<ColumnSource>;

export const noSources: Sources = new Set();

const columns = new WeakMap<ObjectName, Map<string, ColumnSource>>();
const fields = new WeakMap<ColumnSource, Map<string, ColumnSource>>();

export function columnSource(table: ObjectName, column: string): ColumnSource {
  return child(columns, table, column, () => ({ table, path: [column] }));
}

export function fieldSource(parent: ColumnSource, field: string): ColumnSource {
  return child(fields, parent, field, () => ({ table: parent.table, path: [...parent.path, field] }));
}

function child<Parent extends object>(
  all: WeakMap<Parent, Map<string, ColumnSource>>,
  parent: Parent,
  name: string,
  make: () => ColumnSource,
): ColumnSource {
  let children = all.get(parent);
  if (children === undefined) all.set(parent, (children = new Map()));
  const key = name.toLowerCase();
  let source = children.get(key);
  if (source === undefined) children.set(key, (source = make()));
  return source;
}

export function union(sets: readonly Sources[]): Sources {
  let first: Sources = noSources;
  let merged: Set<ColumnSource> | undefined;
  for (const set of sets) {
    if (set.size === 0 || set === first) continue;
    if (first.size === 0) first = set;
    else {
      merged ??= new Set(first);
      for (const source of set) merged.add(source);
    }
  }
  return merged ?? first;
}
