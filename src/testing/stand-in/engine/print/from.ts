import { assertNever } from '../../../../sql/assert-never.ts';
import type { DerivedTable, FromItem, TableReference, TableSample } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { printExpression } from './expression.ts';
import { printJoin } from './join.ts';
import { keptSources } from './kept-names.ts';
import { printPivot } from './pivot.ts';
import { printQuery } from './query.ts';
import { findInScopes } from './resolve.ts';
import { type Column, type PrintedQuery, type Scope, type Source, outputName, sameText } from './scope.ts';
import { printTableFunction } from './table-function.ts';
import { printNamedTable } from './table.ts';
import type { Typed } from './typed.ts';
import { elementSource, offsetName, printUnnest, unnested } from './unnest.ts';
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

export function besideScope(scope: Scope, beside: readonly Source[]): Scope {
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

function printDerived(item: DerivedTable, scope: Scope): PrintedFrom {
  const query = printQuery(item.query, scope);
  const sampled =
    item.sample === undefined
      ? `(${query.sql})`
      : `(SELECT * FROM (${query.sql})${sampleSql(item.sample, scope)})`;
  const { keeping } = query;
  if (item.alias !== undefined || item.sample !== undefined || keeping === undefined)
    return querySource(query, sampled, item.alias?.name, scope);
  const { sql, sources } = querySource(query, `(${keeping.sql})`, undefined, scope);
  return { sql, sources: [...sources, ...keptSources(keeping.sources, sql.slice(sql.lastIndexOf(' ') + 1))] };
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
