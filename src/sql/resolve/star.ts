import type { SelectStar } from '../ast/index.ts';
import { fieldsOf } from '../lineage/value.ts';
import { findSource } from '../scope/lookup.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column, Source, StarUse } from '../scope/source.ts';
import { expression } from './expression.ts';
import { reportGap } from './pass.ts';
import type { Rows } from './rows.ts';

/** The columns that `*`, `t.*` or `struct.*` stands for. */
export function star(node: SelectStar, scope: Scope, lazy: boolean): Rows {
  const { columns, open } = starred(node, scope, lazy);
  const excluded = names(node.except);
  const replaced = new Map(node.replace.map((each) => [each.name.name.toLowerCase(), each.value]));
  const renamed = new Map(node.rename?.map((each) => [each.from.name.toLowerCase(), each.to.name]));
  if (open) reportGap(scope.pass, 'unknown-column', 'the columns of * are not known', node.range);
  else missing(node, columns, [...excluded, ...replaced.keys(), ...renamed.keys()], scope);
  const kept = columns.flatMap((column): readonly Column[] => {
    const key = column.name.toLowerCase();
    const replacement = replaced.get(key);
    if (!lazy || excluded.has(key) || replacement !== undefined || renamed.has(key)) column.require?.();
    if (excluded.has(key)) return [];
    const name = renamed.get(key) ?? column.name;
    if (replacement !== undefined) return [{ name, value: expression(replacement, scope) }];
    if (lazy) return [{ ...column, name }];
    column.read?.([]);
    return [{ name, value: column.value }];
  });
  // DROP may not take the last column, also where nothing reads what it leaves.
  if (lazy && excluded.size > 0) kept[0]?.require?.();
  return { columns: kept, open };
}

function names(list: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(list.map((each) => each.name.toLowerCase()));
}

function missing(
  node: SelectStar,
  columns: readonly Column[],
  wanted: readonly string[],
  scope: Scope,
): void {
  const known = names(columns);
  for (const name of wanted) {
    if (!known.has(name)) reportGap(scope.pass, 'unknown-column', `* has no column ${name}`, node.range);
  }
}

function starred(node: SelectStar, scope: Scope, lazy: boolean): Rows {
  const { qualifier } = node;
  if (qualifier === undefined) return everything(node, scope, lazy);
  const source = qualifier.type === 'path' ? findSource(qualifier.parts, scope) : undefined;
  if (source !== undefined) return ofSource(source, node, scope, lazy);
  const value = expression(qualifier, scope);
  const fields = fieldsOf(value);
  return fields === undefined ? { columns: [], open: true } : { columns: fields, open: false };
}

function everything(node: SelectStar, scope: Scope, lazy: boolean): Rows {
  const sources = scope.relation?.sources ?? [];
  if (sources.length === 0) reportGap(scope.pass, 'syntax', '* without FROM', node.range);
  for (const source of sources) noteStar(source, node, scope, lazy);
  return { columns: scope.relation?.columns() ?? [], open: sources.some((source) => source.open) };
}

function ofSource(source: Source, node: SelectStar, scope: Scope, lazy: boolean): Rows {
  noteStar(source, node, scope, lazy);
  return { columns: source.columns(), open: source.open };
}

/** A star that the text does not have, or that passes columns on, is no place to edit. */
function noteStar(source: Source, node: SelectStar, scope: Scope, lazy: boolean): void {
  if (source.star === undefined) return;
  source.star(lazy ? { from: -1 } : useOf(node));
  if (!lazy) scope.pass.facts.flags.add('selectsStar');
}

function useOf(node: SelectStar): StarUse {
  const last = node.except[node.except.length - 1];
  const from = node.qualifier?.range.end ?? node.range.start;
  return last === undefined ? { from } : { from, exceptEnd: last.range.end };
}
