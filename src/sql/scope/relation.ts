import type { Column, Source } from './source.ts';

/** All of a FROM clause: its sources in order, the columns of `*`, and what USING merged. */
export interface Relation {
  readonly sources: readonly Source[];
  columns(): readonly Column[];
  /** Columns reached by a bare name; more than one is an ambiguity. */
  find(name: string): readonly Column[];
}

export const emptyRelation: Relation = { sources: [], columns: () => [], find: () => [] };

export function relationOf(source: Source): Relation {
  return {
    sources: [source],
    columns: () => source.columns(),
    find(name) {
      const column = source.find(name);
      return column === undefined ? [] : [column];
    },
  };
}

/** Two relations side by side; columns in `merged` (USING) replace those of both sides and stand first. */
export function joinRelations(left: Relation, right: Relation, merged: readonly Column[]): Relation {
  const names = new Map(merged.map((column) => [column.name.toLowerCase(), column]));
  const others = (relation: Relation): readonly Column[] =>
    relation.columns().filter((column) => !names.has(column.name.toLowerCase()));
  return {
    sources: [...left.sources, ...right.sources],
    columns: () =>
      merged.length === 0
        ? [...left.columns(), ...right.columns()]
        : [...merged, ...others(left), ...others(right)],
    find(name) {
      const column = names.get(name);
      return column === undefined ? [...left.find(name), ...right.find(name)] : [column];
    },
  };
}

export function sourceNamed(relation: Relation, name: string): Source | undefined {
  return relation.sources.find((source) => source.alias?.toLowerCase() === name);
}
