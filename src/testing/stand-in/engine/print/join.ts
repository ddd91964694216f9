import type { Join, Name } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { unify } from './coerce.ts';
import { printCondition } from './conditional.ts';
import { failAt } from './context.ts';
import { type PrintedFrom, besideScope, printFrom } from './from.ts';
import { type Column, type Scope, type Source, sameText } from './scope.ts';

export function printJoin(item: Join, scope: Scope, beside: readonly Source[]): PrintedFrom {
  const left = printFrom(item.left, scope, beside);
  const right = printFrom(item.right, scope, [...beside, ...left.sources]);
  if (item.using !== undefined) return joinUsing(item, item.using, left, right, scope);
  const sources = [...left.sources, ...right.sources];
  if (item.kind === 'COMMA' || item.kind === 'CROSS' || (item.kind === 'INNER' && item.on === undefined)) {
    return { sql: `${left.sql} CROSS JOIN ${right.sql}`, sources };
  }
  const condition =
    item.on === undefined
      ? 'TRUE'
      : printCondition(item.on, besideScope(scope, [...beside, ...sources]), 'JOIN ON clause');
  return { sql: `${left.sql} ${joined(item, right, condition)}`, sources };
}

/** A lateral subquery on the right of LEFT JOIN takes its condition inside, where DuckDB wants it. */
function joined(item: Join, right: PrintedFrom, condition: string): string {
  const isArray = item.right.type === 'unnest' || right.sql.startsWith('(SELECT unnest(');
  if (!isArray)
    return `${item.kind} JOIN ${right.sql.includes(' JOIN ') ? `(${right.sql})` : right.sql} ON ${condition}`;
  if (item.kind === 'INNER')
    return `CROSS JOIN (SELECT * FROM ${right.sql} WHERE ${condition}) AS ${aliasOf(right.sql)}`;
  if (item.kind !== 'LEFT') throw unsupported(`${item.kind} JOIN with UNNEST`);
  return `LEFT JOIN (SELECT * FROM ${right.sql} WHERE ${condition}) AS ${aliasOf(right.sql)} ON TRUE`;
}

function aliasOf(sql: string): string {
  return sql.slice(sql.lastIndexOf(' AS ') + 4);
}

function joinUsing(
  item: Join,
  using: readonly Name[],
  left: PrintedFrom,
  right: PrintedFrom,
  scope: Scope,
): PrintedFrom {
  const pairs = using.map(
    (name) => [name, columnNamed(left, name, scope), columnNamed(right, name, scope)] as const,
  );
  const conditions = pairs.map(([name, a, b]) => {
    const [, [x, y]] = unify([a, b], scope, name.range, 'operator =');
    return `${x?.sql} = ${y?.sql}`;
  });
  const merged = pairs.map(([name, a, b]): Column => ({
    name: name.name,
    type: a.type,
    ...reading(a, b),
    sql: mergedSql(item.kind, a.sql, b.sql),
  }));
  const isUsed = (column: Column): boolean => using.some((name) => sameText(column.name, name.name));
  const shadow = (source: Source): Source => ({
    ...source,
    columns: source.columns.map((column) => (isUsed(column) ? { ...column, shadowed: true } : column)),
  });
  const sources = [{ columns: merged }, ...left.sources.map(shadow), ...right.sources.map(shadow)];
  for (const [, a, b] of pairs) for (const column of [a, b]) column.read?.([]);
  return {
    sql: `${left.sql} ${item.kind} JOIN ${right.sql.includes(' JOIN ') ? `(${right.sql})` : right.sql} ON ${conditions.join(' AND ')}`,
    sources,
  };
}

function reading(a: Column, b: Column): Pick<Column, 'read'> {
  return {
    read: (path) => {
      a.read?.(path);
      b.read?.(path);
    },
  };
}

function mergedSql(kind: Join['kind'], left: string, right: string): string {
  if (kind === 'FULL') return `COALESCE(${left}, ${right})`;
  return kind === 'RIGHT' ? right : left;
}

function columnNamed(from: PrintedFrom, name: Name, scope: Scope): Column {
  const found = from.sources.flatMap((source) =>
    source.columns.filter((column) => column.shadowed !== true && sameText(column.name, name.name)),
  );
  const [column] = found;
  if (column === undefined)
    throw failAt(scope.context, name.range, `Column ${name.name} in USING clause not found`);
  if (found.length > 1)
    throw failAt(scope.context, name.range, `Column ${name.name} in USING clause is ambiguous`);
  return column;
}
