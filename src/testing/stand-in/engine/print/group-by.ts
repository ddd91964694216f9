import { assertNever } from '../../../../sql/assert-never.ts';
import type { Expression, GroupingItem, Select } from '../../../../sql/ast/index.ts';
import { isScalar, typeText, type SqlType } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { aggregateNames } from './functions/aggregate.ts';
import { sameText, type Scope } from './scope.ts';
import type { Item } from './select-items.ts';
import type { Typed } from './typed.ts';

export interface PrintedGroupBy {
  /** ` GROUP BY …` or nothing. */
  readonly sql: string;
  /** A FROM item that computes the keys that are not plain columns. */
  readonly lateral: string;
  readonly keys: ReadonlyMap<string, string>;
}

const none: PrintedGroupBy = { sql: '', lateral: '', keys: new Map() };
const plainColumn = /^[a-z]+[0-9]+\.c[0-9]+$/;

/**
 * Keys that are expressions become columns of a lateral subquery, and the same expression elsewhere in the
 * SELECT becomes that column: DuckDB would compare expressions by its own lights.
 */
export function printGroupBy(node: Select, items: readonly Item[], scope: Scope): PrintedGroupBy {
  if (node.groupBy === undefined) return none;
  const alias = scope.context.trace.fresh('g');
  const keys = new Map<string, string>();
  const computed: string[] = [];
  const key = (value: Typed): string => {
    if (plainColumn.test(value.sql)) return value.sql;
    const known = keys.get(value.sql);
    if (known !== undefined) return known;
    const name = `k${computed.length + 1}`;
    computed.push(`${value.sql === 'NULL' ? 'CAST(NULL AS BIGINT)' : value.sql} AS ${name}`);
    keys.set(value.sql, `${alias}.${name}`);
    return `${alias}.${name}`;
  };
  const printed = node.groupBy.all
    ? items.filter((item) => !aggregates(item)).map((item) => key(item.print(scope)))
    : node.groupBy.items.map((item) => groupingSql(item, (value) => key(keyValue(value, items, scope))));
  const lateral = computed.length === 0 ? '' : `(SELECT ${computed.join(', ')}) AS ${alias}`;
  return { sql: printed.length === 0 ? '' : ` GROUP BY ${printed.join(', ')}`, lateral, keys };
}

function groupingSql(item: GroupingItem, key: (node: Expression) => string): string {
  switch (item.type) {
    case 'expression':
      return key(item.value);
    case 'set':
      return `(${item.items.map(key).join(', ')})`;
    case 'rollup':
      return `ROLLUP (${item.items.map((inner) => groupingSql(inner, key)).join(', ')})`;
    case 'cube':
      return `CUBE (${item.items.map((inner) => groupingSql(inner, key)).join(', ')})`;
    case 'groupingSets':
      return `GROUPING SETS (${item.items.map((inner) => groupingSql(inner, key)).join(', ')})`;
    default:
      return assertNever(item);
  }
}

/** A number is a position, a bare name that the SELECT list has is that item, anything else is itself. */
function keyValue(node: Expression, items: readonly Item[], scope: Scope): Typed {
  const item = positioned(node, items, scope) ?? aliased(node, items, scope);
  if (item !== undefined && aggregates(item)) {
    throw failAt(scope.context, node.range, 'Aggregate functions are not allowed in GROUP BY');
  }
  const value = item === undefined ? printExpression(node, scope) : item.print(scope);
  if (!groupable(value.type)) {
    throw failAt(
      scope.context,
      node.range,
      `Grouping by expressions of type ${typeText(value.type)} is not allowed`,
    );
  }
  return value;
}

function groupable(type: SqlType): boolean {
  return !isScalar(type, 'JSON', 'GEOGRAPHY');
}

function positioned(node: Expression, items: readonly Item[], scope: Scope): Item | undefined {
  if (node.type !== 'literal' || node.kind !== 'integer') return undefined;
  const item = items[Number(node.value) - 1];
  if (item === undefined)
    throw failAt(scope.context, node.range, `GROUP BY is out of SELECT column number range: ${node.value}`);
  return item;
}

function aliased(node: Expression, items: readonly Item[], scope: Scope): Item | undefined {
  const name = node.type === 'path' && node.parts.length === 1 ? node.parts[0].name : undefined;
  if (name === undefined) return undefined;
  const found = items.filter((item) => sameText(item.name, name));
  if (found.length > 1 && new Set(found.map((item) => item.print(scope).sql)).size > 1) {
    throw failAt(scope.context, node.range, `Column name ${name} is ambiguous`);
  }
  return found[0];
}

function aggregates(item: Item): boolean {
  return item.node !== undefined && containsAggregate(item.node);
}

/** An aggregate call of this SELECT: neither a window nor one inside a subquery. */
function containsAggregate(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsAggregate);
  if (!isPlainObject(value)) return false;
  if ('type' in value && value.type === 'query') return false;
  if (
    'type' in value &&
    value.type === 'call' &&
    'name' in value &&
    isAggregateName(value.name) &&
    !('window' in value && value.window !== undefined)
  ) {
    return true;
  }
  return Object.values(value).some(containsAggregate);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isAggregateName(name: unknown): boolean {
  if (!Array.isArray(name) || name.length !== 1) return false;
  const [part]: unknown[] = name;
  if (!isPlainObject(part) || !('name' in part) || typeof part.name !== 'string') return false;
  return aggregateNames.has(part.name.toUpperCase());
}
