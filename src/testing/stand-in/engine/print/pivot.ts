import { assertNever } from '../../../../sql/assert-never.ts';
import type { Expression, Pivot } from '../../../../sql/ast/index.ts';
import { unify } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { printFrom, querySource, type PrintedFrom } from './from.ts';
import { outputName, type Column, type Output, type Scope } from './scope.ts';
import type { Typed } from './typed.ts';

/** One aggregate per value; the columns that neither the aggregates nor the input use are the groups. */
export function printPivot(node: Pivot, scope: Scope): PrintedFrom {
  const from = printFrom(node.source, scope);
  const inner: Scope = { context: scope.context, tables: scope.tables, parent: scope, sources: from.sources };
  const input = printExpression(node.input, inner);
  const used = new Set([input.sql, ...usedColumns(node, inner)]);
  const groups = from.sources
    .flatMap((source) => source.columns)
    .filter((column) => column.pseudo !== true && column.shadowed !== true && !used.has(column.sql));
  for (const column of groups) column.read?.([]);
  const cells = node.values.flatMap((entry) => {
    const [, [left, right]] = unify(
      [input, printExpression(entry.value, inner)],
      scope,
      entry.value.range,
      'PIVOT',
    );
    const filter = `(${left?.sql} IS NOT DISTINCT FROM ${right?.sql})`;
    return node.aggregates.map((aggregate) => ({
      name: cellName(
        aggregate.alias?.name,
        entry.alias?.name ?? valueName(entry.value, scope),
        entry.alias !== undefined,
      ),
      value: printExpression(aggregate.value, { ...inner, filter }),
    }));
  });
  return assembled(groups, cells, from.sql, node.alias?.name, scope);
}

function assembled(
  groups: readonly Column[],
  cells: readonly { readonly name: string; readonly value: Typed }[],
  from: string,
  alias: string | undefined,
  scope: Scope,
): PrintedFrom {
  const items = [...groups.map((column) => column.sql), ...cells.map((cell) => cell.value.sql)];
  const columns: Output[] = [
    ...groups.map(({ name, type }) => ({ ...(name === undefined ? {} : { name }), type })),
    ...cells.map(({ name, value }) => ({ name, type: value.type })),
  ];
  const list = items.map((sql, index) => `${sql} AS ${outputName(index)}`).join(', ');
  const by = groups.length === 0 ? '' : ` GROUP BY ${groups.map((column) => column.sql).join(', ')}`;
  return querySource(
    { sql: '', columns, isValue: false },
    `(SELECT ${list} FROM ${from}${by})`,
    alias,
    scope,
  );
}

function usedColumns(node: Pivot, scope: Scope): readonly string[] {
  const used = new Set<string>();
  const watched: Scope = {
    ...scope,
    sources: scope.sources.map((source) => ({
      ...source,
      columns: source.columns.map((column) => ({
        ...column,
        read: (path: readonly string[]) => {
          column.read?.(path);
          used.add(column.sql);
        },
      })),
    })),
  };
  printExpression(node.input, watched);
  for (const aggregate of node.aggregates) printExpression(aggregate.value, watched);
  return [...used];
}

/** `s_paid` for the alias `s` and the value 'paid'; without an alias the value alone. */
function cellName(alias: string | undefined, value: string, isAlias: boolean): string {
  if (alias === undefined) return !isAlias && /^[0-9]/.test(value) ? `_${value}` : value;
  return `${alias}_${value}`;
}

/** A value as a part of a column name. */
function valueName(node: Expression, scope: Scope): string {
  if (node.type === 'unary' && node.operator === '-') return `minus_${valueName(node.operand, scope)}`;
  if (node.type !== 'literal')
    throw failAt(scope.context, node.range, 'PIVOT values need an alias unless they are literals');
  switch (node.kind) {
    case 'string':
    case 'boolean':
      return node.kind === 'boolean' ? node.value.toUpperCase() : node.value;
    case 'null':
      return 'NULL';
    case 'integer':
      return node.value;
    case 'date':
      return node.value.replaceAll('-', '_');
    case 'numeric':
    case 'float':
      return node.value.replace('.', '_point_');
    case 'bytes':
    case 'bignumeric':
    case 'datetime':
    case 'time':
    case 'timestamp':
    case 'json':
      throw failAt(scope.context, node.range, 'PIVOT values of this type need an alias');
    default:
      return assertNever(node.kind);
  }
}
