import type { CreateView } from '../ast/index.ts';
import { created, createdName, rangeOf } from './create-table.ts';
import { noteDefinition } from './definition.ts';
import { noteTable } from './named-table.ts';
import { options } from './options.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { rowsOf } from './rows.ts';
import { keepTable } from './script-tables.ts';

export function createView(node: CreateView, walk: ScriptWalk): void {
  record(walk, node.materialized ? 'CREATE_MATERIALIZED_VIEW' : 'CREATE_VIEW', node.range, (scope) => {
    const { pass } = scope;
    noteDefinition(node, pass);
    const name = createdName(node.name, false, pass);
    noteTable(pass, name, 'view', 'create', rangeOf(node.name));
    options(node.options, scope);
    const found = query(node.query, scope);
    const columns = found.columns.map((column, index) => ({
      name: node.columns?.[index]?.name ?? column.name,
      value: column.value,
    }));
    const rows = rowsOf(columns, found.open);
    keepTable({ name, temporary: false, ifNotExists: node.ifNotExists, rows, range: node.range }, pass);
    return created(name, rows, true);
  });
}
