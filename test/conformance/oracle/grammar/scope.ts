import type { Choices } from './choices.ts';
import type { Column, Type } from './type.ts';
import { same } from './type.ts';

/** A range variable of a FROM clause. */
export interface Source {
  readonly alias: string;
  readonly columns: readonly Column[];
  /** Usable by name, but not part of a star. */
  readonly pseudo: readonly Column[];
  /** UNNEST of scalars: the alias is itself the value. */
  readonly value?: Type;
}

export interface Scope {
  readonly choices: Choices;
  readonly sources: readonly Source[];
  readonly outer: Scope | undefined;
  readonly tables: ReadonlyMap<string, readonly Column[]>;
  /** Lambda arguments and the like. */
  readonly names: readonly Column[];
  readonly depth: number;
  /** Views are written as what they stand for. */
  readonly inlineViews: boolean;
}

export interface Typed {
  readonly text: string;
  readonly type: Type;
}

/** A scope one level further in, where nothing of the present one can be seen. */
export function closed(scope: Scope): Scope {
  return { ...scope, sources: [], names: [], outer: undefined, depth: scope.depth - 1 };
}

/** A scope one level further in that sees the present one. */
export function nested(scope: Scope): Scope {
  return { ...scope, sources: [], names: [], outer: scope, depth: scope.depth - 1 };
}

/** Columns by a name that only one of them has. */
export function unique(columns: readonly Column[]): readonly Column[] {
  const count = Map.groupBy(columns, (column) => column.name.toLowerCase());
  return columns.filter((column) => column.name !== '' && count.get(column.name.toLowerCase())?.length === 1);
}

/** Every column and field that an expression may name, nearest first. */
export function namable(scope: Scope): readonly Typed[] {
  const bare = unique(scope.sources.flatMap((source) => [...source.columns, ...source.pseudo]));
  const aliases = new Set(scope.sources.map((source) => source.alias.toLowerCase()));
  const own = [
    ...scope.names.map(({ name, type }) => ({ text: name, type })),
    ...scope.sources.flatMap((source) =>
      source.value === undefined
        ? source.alias === ''
          ? []
          : unique([...source.columns, ...source.pseudo]).map((column) => ({
              text: `${source.alias}.${column.name}`,
              type: column.type,
            }))
        : [{ text: source.alias, type: source.value }],
    ),
    ...bare
      .filter((column) => !aliases.has(column.name.toLowerCase()))
      .map((column) => ({ text: column.name, type: column.type })),
  ];
  const hidden = new Set([...bare.map((column) => column.name.toLowerCase()), ...aliases]);
  const outer =
    scope.outer === undefined
      ? []
      : namable(scope.outer).filter(({ text }) => !hidden.has((text.split('.')[0] ?? '').toLowerCase()));
  return [...own.flatMap(withFields), ...outer];
}

function withFields(value: Typed): readonly Typed[] {
  if (value.type.kind !== 'struct') return [value];
  return [
    value,
    ...value.type.fields.flatMap((field) =>
      withFields({ text: `${value.text}.${field.name}`, type: field.type }),
    ),
  ];
}

export function namableOf(scope: Scope, type: Type): readonly Typed[] {
  return namable(scope).filter((each) => same(each.type, type));
}
