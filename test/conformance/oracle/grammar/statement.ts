import { choicesOf } from './choices.ts';
import { expression } from './expression.ts';
import { columnsOf, from, tableItem, writtenName } from './from.ts';
import { query, select } from './query.ts';
import type { Scope, Source } from './scope.ts';
import { tables } from './shop.ts';
import type { Table } from './shop.ts';
import { bool } from './type.ts';
import type { Column } from './type.ts';

/** The statement that a list of numbers stands for. */
export function statement(numbers: readonly number[], inlineViews = false): string {
  const scope: Scope = {
    choices: choicesOf(numbers),
    sources: [],
    outer: undefined,
    tables: new Map(),
    names: [],
    depth: 2,
    inlineViews,
  };
  if (scope.choices.below(8) < 6) return query(scope).text;
  return scope.choices.from(insert, update, remove, merge, create)(scope);
}

const targets = tables.filter((table) => table.view === undefined);

function target(scope: Scope): Table {
  const table = scope.choices.of(targets);
  if (table === undefined) throw new Error('There are no tables.');
  return table;
}

function someColumns(scope: Scope, table: Table): readonly Column[] {
  const all = columnsOf(table.columns);
  const first = scope.choices.below(all.length);
  return all.slice(first, first + 1 + scope.choices.below(3));
}

function insert(scope: Scope): string {
  const table = target(scope);
  const columns = someColumns(scope, table);
  const names = columns.map((column) => column.name).join(', ');
  const types = columns.map((column) => column.type);
  const values = types.map((type) => expression(scope, type, 1)).join(', ');
  const rows = scope.choices.oneIn(4) ? `VALUES (${values})` : query(scope, types).text;
  return `INSERT INTO ${writtenName(scope, table)} (${names}) ${rows}`;
}

function withTarget(scope: Scope): { readonly table: Table; readonly source: Source; readonly text: string } {
  const table = target(scope);
  const alias = scope.choices.name('t');
  const source = { alias, columns: columnsOf(table.columns), pseudo: [] };
  return { table, source, text: `${writtenName(scope, table)} AS ${alias}` };
}

function assignments(scope: Scope, table: Table, prefix = ''): string {
  return someColumns(scope, table)
    .map((column) => `${prefix}${column.name} = ${expression(scope, column.type)}`)
    .join(', ');
}

function update(scope: Scope): string {
  const { table, source, text } = withTarget(scope);
  const rows = scope.choices.oneIn(2) ? from(scope) : undefined;
  const inner: Scope = { ...scope, sources: [source, ...(rows?.sources ?? [])] };
  const where = expression(inner, bool);
  const others = rows === undefined ? '' : ` FROM ${rows.text}`;
  return `UPDATE ${text} SET ${assignments(inner, table)}${others} WHERE ${where}`;
}

function remove(scope: Scope): string {
  const { source, text } = withTarget(scope);
  return `DELETE FROM ${text} WHERE ${expression({ ...scope, sources: [source] }, bool)}`;
}

function merge(scope: Scope): string {
  const { choices } = scope;
  const { table, source, text } = withTarget(scope);
  const rows = tableItem(scope);
  const both: Scope = { ...scope, sources: [source, ...rows.sources] };
  const right: Scope = { ...scope, sources: rows.sources };
  const left: Scope = { ...scope, sources: [source] };
  const columns = someColumns(scope, table);
  const values = columns.map((column) => expression(right, column.type, 1)).join(', ');
  const names = columns.map((column) => column.name).join(', ');
  const parts = [
    `WHEN MATCHED AND ${expression(both, bool, 1)} THEN DELETE`,
    `WHEN MATCHED THEN UPDATE SET ${assignments(both, table)}`,
    `WHEN NOT MATCHED BY SOURCE AND ${expression(left, bool, 1)} THEN UPDATE SET ${assignments(left, table)}`,
    `WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${values})`,
  ].filter((_, index) => index === 3 || choices.oneIn(2));
  return `MERGE ${text} USING ${rows.text} ON ${expression(both, bool)} ${parts.join(' ')}`;
}

function create(scope: Scope): string {
  const { choices } = scope;
  const made = choices.oneIn(2) ? query(scope) : select(scope);
  return choices.from(
    `CREATE OR REPLACE TABLE p.shop.made AS ${made.text}`,
    `CREATE VIEW p.shop.made_view AS ${made.text}`,
    `EXPORT DATA OPTIONS (uri = 'gs://b/*', format = 'CSV') AS ${made.text}`,
  );
}
