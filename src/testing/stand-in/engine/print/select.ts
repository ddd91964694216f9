import type { OrderItem, Select } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { physicalField } from '../type/physical-type.ts';
import { isScalar, structOf, typeText } from '../type/sql-type.ts';
import { printCondition } from './conditional.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { printFrom } from './from.ts';
import { printGroupBy } from './group-by.ts';
import { expandItems } from './select-items.ts';
import type { Tail } from './query.ts';
import { outputName, type PrintedQuery, type Scope } from './scope.ts';
import { keepSources } from './kept-names.ts';
import type { Typed } from './typed.ts';
import { printOrder, rememberWindows } from './window.ts';

/** An output column with its expression. */
interface Printed {
  readonly name?: string;
  readonly value: Typed;
}

export function printSelect(node: Select, outer: Scope, tail: Tail): PrintedQuery {
  if (node.privacy !== undefined) throw unsupported(`SELECT WITH ${node.privacy.kind}`);
  const from = node.from === undefined ? { sql: '', sources: [] } : printFrom(node.from, outer);
  const scope: Scope = { context: outer.context, tables: outer.tables, parent: outer, sources: from.sources };
  const windows = new Map(node.windows.map((window) => [window.name.name.toLowerCase(), window.window]));
  rememberWindows(scope, windows);
  const where = node.where === undefined ? '' : ` WHERE ${printCondition(node.where, scope, 'WHERE clause')}`;
  const items = expandItems(node, scope);
  const group = printGroupBy(node, items, scope);
  const grouped = withKeys(scope, group.keys);
  rememberWindows(grouped, windows);
  const printed = items.map((item) => ({
    ...(item.name === undefined ? {} : { name: item.name }),
    value: item.print(grouped),
  }));
  const named: Scope = { ...grouped, aliases: aliasesOf(printed) };
  rememberWindows(named, windows);
  const having =
    node.having === undefined ? '' : ` HAVING ${printCondition(node.having, named, 'HAVING clause')}`;
  const qualify =
    node.qualify === undefined ? '' : ` QUALIFY ${printCondition(node.qualify, named, 'QUALIFY clause')}`;
  const order = orderSql(tail, printed, named);
  const fromSql = fromClause(from.sql, group.lateral);
  const rest = `${fromSql}${where}${group.sql}${having}${qualify}`;
  const query = finished(node, printed, rest, order + tail.limit);
  if (node.keepsNames !== true || node.distinct) return query;
  const kept = keepSources(from.sources, printed);
  const list = [itemList(printed), ...kept.items].join(', ');
  return { ...query, keeping: { sql: `SELECT ${list}${rest}${order}${tail.limit}`, sources: kept.sources } };
}

function withKeys(scope: Scope, keys: ReadonlyMap<string, string>): Scope {
  return keys.size === 0 ? scope : { ...scope, keys };
}

function fromClause(from: string, lateral: string): string {
  if (from === '' && lateral === '') return '';
  return ` FROM ${[from, lateral].filter((part) => part !== '').join(', ')}`;
}

function aliasesOf(items: readonly Printed[]): ReadonlyMap<string, Typed | 'ambiguous'> {
  const aliases = new Map<string, Typed | 'ambiguous'>();
  for (const { name, value } of items) {
    if (name === undefined) continue;
    const key = name.toLowerCase();
    const known = aliases.get(key);
    aliases.set(
      key,
      known === undefined || (known !== 'ambiguous' && known.sql === value.sql) ? value : 'ambiguous',
    );
  }
  return aliases;
}

/** An item of the SELECT list is ordered by its position, so that it is computed once. */
function orderSql(tail: Tail, items: readonly Printed[], scope: Scope): string {
  if (tail.orderBy.length === 0) return '';
  const parts = tail.orderBy.map((item) => {
    const { value } = item;
    if (value.type === 'literal' && value.kind === 'integer') {
      const position = Number(value.value);
      if (position < 1 || position > items.length) {
        throw failAt(scope.context, item.range, `ORDER BY is out of SELECT column number range: ${position}`);
      }
      return printOrder(item, String(position));
    }
    const printed = printExpression(value, scope);
    refuseUnordered(printed, item, scope);
    const at = items.findIndex((candidate) => candidate.value.sql === printed.sql);
    return printOrder(item, at < 0 ? printed.sql : String(at + 1));
  });
  return ` ORDER BY ${parts.join(', ')}`;
}

export function refuseUnordered(value: Typed, item: OrderItem, scope: Scope): void {
  const { type } = value;
  if (type.kind !== 'array' && type.kind !== 'struct' && !isScalar(type, 'JSON', 'GEOGRAPHY')) return;
  throw failAt(scope.context, item.range, `ORDER BY does not support expressions of type ${typeText(type)}`);
}

function finished(node: Select, items: readonly Printed[], rest: string, tail: string): PrintedQuery {
  const distinct = node.distinct ? 'DISTINCT ' : '';
  if (node.as === 'STRUCT') {
    const type = structOf(
      items.map(({ name, value }) => ({ ...(name === undefined ? {} : { name }), type: value.type })),
    );
    // The inner query keeps one column per item, so that ORDER BY may name them.
    const inner = `SELECT ${distinct}${itemList(items)}${rest}${tail}`;
    const packed = items.map((_, index) => `${physicalField(index)} := s.${outputName(index)}`);
    return {
      sql: `SELECT struct_pack(${packed.join(', ')}) AS c1 FROM (${inner}) AS s`,
      columns: [{ type }],
      isValue: true,
    };
  }
  const columns = items.map(({ name, value }) => ({
    ...(name === undefined ? {} : { name }),
    type: value.type,
  }));
  return { sql: `SELECT ${distinct}${itemList(items)}${rest}${tail}`, columns, isValue: node.as === 'VALUE' };
}

function itemList(items: readonly Printed[]): string {
  return items
    .map(
      ({ value }, index) =>
        `${value.type.kind === 'null' && value.sql === 'NULL' ? 'CAST(NULL AS BIGINT)' : value.sql} AS ${outputName(index)}`,
    )
    .join(', ');
}
