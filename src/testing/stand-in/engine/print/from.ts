import { assertNever } from '../../../../sql/assert-never.ts';
import type {
  DerivedTable,
  FromItem,
  Join,
  Name,
  TableReference,
  TableSample,
  Unnest,
} from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { physicalField } from '../type/physical-type.ts';
import { int64, typeText } from '../type/sql-type.ts';
import { unify } from './coerce.ts';
import { printCondition } from './conditional.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { printPivot } from './pivot.ts';
import { printQuery } from './query.ts';
import { findInScopes } from './resolve.ts';
import { outputName, sameText, type Column, type PrintedQuery, type Scope, type Source } from './scope.ts';
import { printNamedTable } from './table.ts';
import { printTableFunction } from './table-function.ts';
import type { Typed } from './typed.ts';
import { printUnpivot } from './unpivot.ts';

export interface PrintedFrom {
  readonly sql: string;
  readonly sources: readonly Source[];
}

/** `beside` are the FROM items to the left, whose arrays may be named. */
export function printFrom(item: FromItem, scope: Scope, beside: readonly Source[] = []): PrintedFrom {
  switch (item.type) {
    case 'table':
      return printTableReference(item, scope, beside);
    case 'unnest':
      return printUnnest(item, scope, beside);
    case 'derivedTable':
      return printDerived(item, scope);
    case 'join':
      return printJoin(item, scope, beside);
    case 'tableFunction':
      return printTableFunction(item, scope);
    case 'pivot':
      return printPivot(item, scope);
    case 'unpivot':
      return printUnpivot(item, scope);
    default:
      return assertNever(item);
  }
}

function besideScope(scope: Scope, beside: readonly Source[]): Scope {
  return { context: scope.context, tables: scope.tables, parent: scope, sources: beside };
}

/** A name in FROM is a common table, an array of an item to the left, or a table, in this order. */
function printTableReference(item: TableReference, scope: Scope, beside: readonly Source[]): PrintedFrom {
  const [first] = item.path;
  if (item.path.length === 1) {
    const common = scope.tables.get(first.name.toLowerCase());
    if (common !== undefined) {
      const query: PrintedQuery = { sql: common.sql, columns: common.columns, isValue: common.isValue };
      return querySource(query, common.sql, item.alias?.name ?? first.name, scope);
    }
  }
  const array = item.path.length > 1 ? arrayOf(item, scope, beside) : undefined;
  if (array !== undefined)
    return unnested(array, item.alias?.name ?? item.path.at(-1)?.name, offsetName(item), scope);
  return printNamedTable(item, scope, sampleSql(item.sample, scope));
}

function arrayOf(item: TableReference, scope: Scope, beside: readonly Source[]): Typed | undefined {
  const [first] = item.path;
  const inner = besideScope(scope, beside);
  const names = (at: Scope | undefined): boolean =>
    at !== undefined && (at.sources.some((source) => sameText(source.alias, first.name)) || names(at.parent));
  if (!names(inner)) return undefined;
  return findInScopes(item.path, inner);
}

function offsetName(item: TableReference | Unnest): string | undefined {
  return item.offset === undefined ? undefined : (item.offset.alias?.name ?? 'offset');
}

function printUnnest(item: Unnest, scope: Scope, beside: readonly Source[]): PrintedFrom {
  const [first] = item.arrays;
  if (first === undefined || item.arrays.length > 1) throw unsupported('UNNEST of several arrays');
  const array = printExpression(first.value, besideScope(scope, beside));
  return unnested(array, item.alias?.name ?? first.alias?.name, offsetName(item), scope, first.value.range);
}

/** One row per element; the fields of a struct element are columns, and the alias is the element itself. */
function unnested(
  array: Typed,
  alias: string | undefined,
  offset: string | undefined,
  scope: Scope,
  range = { start: 0, end: 0 },
): PrintedFrom {
  if (array.type.kind !== 'array') {
    throw failAt(
      scope.context,
      range,
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeText(array.type)}`,
    );
  }
  const name = scope.context.trace.fresh('t');
  const element: Typed = { sql: `${name}.c1`, type: array.type.element };
  const position = offset === undefined ? '' : `, unnest(range(len(${array.sql}))) AS c2`;
  const sources = [
    elementSource(element, alias),
    ...(offset === undefined ? [] : [offsetSource(offset, name)]),
  ];
  return { sql: `(SELECT unnest(${array.sql}) AS c1${position}) AS ${name}`, sources };
}

function elementSource(element: Typed, alias: string | undefined): Source {
  const named = alias === undefined ? {} : { alias };
  if (element.type.kind !== 'struct') {
    const column: Column = {
      ...(alias === undefined ? {} : { name: alias }),
      sql: element.sql,
      type: element.type,
    };
    return { columns: [column], row: element };
  }
  const columns = element.type.fields.map((field, index): Column => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    sql: `struct_extract(${element.sql}, '${physicalField(index)}')`,
    type: field.type,
  }));
  return { ...named, columns, row: element };
}

function offsetSource(name: string, table: string): Source {
  return { columns: [{ name, sql: `${table}.c2`, type: int64 }] };
}

function printDerived(item: DerivedTable, scope: Scope): PrintedFrom {
  const query = printQuery(item.query, scope);
  const sampled =
    item.sample === undefined
      ? `(${query.sql})`
      : `(SELECT * FROM (${query.sql})${sampleSql(item.sample, scope)})`;
  return querySource(query, sampled, item.alias?.name, scope);
}

function sampleSql(sample: TableSample | undefined, scope: Scope): string {
  if (sample === undefined) return '';
  const percent = printExpression(sample.percent, scope);
  if (percent.literal === undefined) throw unsupported('TABLESAMPLE with a computed percentage');
  const value =
    percent.literal.kind === 'integer' ? Number(percent.literal.value) : /'([0-9.]+)'/.exec(percent.sql)?.[1];
  return ` TABLESAMPLE BERNOULLI(${value} PERCENT)`;
}

/** A query as a FROM item under a fresh name. */
export function querySource(
  query: PrintedQuery,
  sql: string,
  alias: string | undefined,
  scope: Scope,
): PrintedFrom {
  const name = scope.context.trace.fresh('t');
  const [only] = query.columns;
  if (query.isValue && only !== undefined) {
    return {
      sql: `${sql} AS ${name}`,
      sources: [elementSource({ sql: `${name}.c1`, type: only.type }, alias)],
    };
  }
  const columns = query.columns.map((column, index): Column => ({
    ...column,
    sql: `${name}.${outputName(index)}`,
  }));
  return { sql: `${sql} AS ${name}`, sources: [{ ...(alias === undefined ? {} : { alias }), columns }] };
}

function printJoin(item: Join, scope: Scope, beside: readonly Source[]): PrintedFrom {
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
