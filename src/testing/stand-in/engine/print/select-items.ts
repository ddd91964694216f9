import type { Expression, Select, SelectStar } from '../../../../sql/ast/index.ts';
import { physicalField } from '../type/physical-type.ts';
import { typeText } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { sameText, type Column, type Scope, type Source } from './scope.ts';
import type { Typed } from './typed.ts';

/** One output column, printed when it is known what GROUP BY holds. */
export interface Item {
  readonly name?: string;
  readonly node?: Expression;
  print(scope: Scope): Typed;
}

export function expandItems(node: Select, scope: Scope): readonly Item[] {
  return node.items.flatMap((item): readonly Item[] => {
    if (item.type === 'selectStar') return expandStar(item, scope);
    const name = item.alias?.name ?? impliedName(item.value);
    return [
      {
        ...(name === undefined ? {} : { name }),
        node: item.value,
        print: (inner) => printExpression(item.value, inner),
      },
    ];
  });
}

/** `a.b` is named `b`, `f(x).a` is named `a`; other expressions have no name. */
export function impliedName(node: Expression): string | undefined {
  if (node.type === 'path') return node.parts.at(-1)?.name;
  return node.type === 'field' ? node.field.name : undefined;
}

function expandStar(node: SelectStar, scope: Scope): readonly Item[] {
  const columns = starColumns(node, scope);
  for (const name of node.except) {
    if (!columns.some((column) => sameText(column.name, name.name))) {
      throw failAt(scope.context, name.range, `Column ${name.name} in SELECT * EXCEPT list does not exist`);
    }
  }
  for (const { name } of node.replace) {
    if (!columns.some((column) => sameText(column.name, name.name))) {
      throw failAt(scope.context, name.range, `Column ${name.name} in SELECT * REPLACE list does not exist`);
    }
  }
  return columns
    .filter((column) => !node.except.some((name) => sameText(column.name, name.name)))
    .map((column) => starItem(node, column));
}

function starItem(node: SelectStar, column: Column): Item {
  const replaced = node.replace.find(({ name }) => sameText(column.name, name.name));
  const renamed = node.rename?.find(({ from }) => sameText(column.name, from.name))?.to.name ?? column.name;
  const named = renamed === undefined ? {} : { name: renamed };
  if (replaced !== undefined) {
    return { ...named, node: replaced.value, print: (scope) => printExpression(replaced.value, scope) };
  }
  return {
    ...named,
    print: (scope) => {
      column.read?.([]);
      return keyed({ sql: column.sql, type: column.type }, scope);
    },
  };
}

function keyed(value: Typed, scope: Scope): Typed {
  const key = scope.keys?.get(value.sql);
  return key === undefined ? value : { ...value, sql: key };
}

function starColumns(node: SelectStar, scope: Scope): readonly Column[] {
  if (node.qualifier !== undefined) return qualifiedColumns(node.qualifier, scope);
  if (scope.sources.length === 0) throw failAt(scope.context, node.range, 'SELECT * must have a FROM clause');
  return scope.sources.flatMap((source) => visible(source).filter((column) => column.shadowed !== true));
}

const visible = (source: Source): readonly Column[] =>
  source.columns.filter((column) => column.pseudo !== true);

function qualifiedColumns(qualifier: Expression, scope: Scope): readonly Column[] {
  const alias =
    qualifier.type === 'path' && qualifier.parts.length === 1 ? qualifier.parts[0].name : undefined;
  const source =
    alias === undefined ? undefined : scope.sources.find((candidate) => sameText(candidate.alias, alias));
  if (source !== undefined) return visible(source);
  const value = printExpression(qualifier, scope);
  if (value.type.kind !== 'struct') {
    throw failAt(
      scope.context,
      qualifier.range,
      `Dot-star is not supported for type ${typeText(value.type)}`,
    );
  }
  return value.type.fields.map((field, index) => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    sql: `struct_extract(${value.sql}, '${physicalField(index)}')`,
    type: field.type,
  }));
}
