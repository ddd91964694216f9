import type { Column, Source } from './source.ts';

/** All of a FROM clause: its sources in order, the columns of `*`, and what USING merged. */
export interface Relation {
  readonly sources: readonly Source[];
  /** Tables of earlier pipe steps: their names still qualify columns, but bring none of their own. */
  readonly kept: readonly Source[];
  columns(): readonly Column[];
  /** Columns reached by a bare name; more than one is an ambiguity. */
  find(name: string): readonly Column[];
}

export const emptyRelation: Relation = { sources: [], kept: [], columns: () => [], find: () => [] };

export function relationOf(source: Source, kept: readonly Source[] = []): Relation {
  return {
    sources: [source],
    kept,
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
    kept: [...left.kept, ...right.kept],
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

/** Everything that a name can stand for. */
export function namedSources({ sources, kept }: Relation): readonly Source[] {
  return kept.length === 0 ? sources : [...sources, ...kept];
}

export function sourceNamed(relation: Relation, name: string): Source | undefined {
  return namedSources(relation).find((source) => source.alias?.toLowerCase() === name);
}
