import type { ExportData, LoadData } from '../ast/index.ts';
import type { Scope } from '../scope/scope.ts';
import { createdName } from './create-table.ts';
import { namedTable, noteTable } from './named-table.ts';
import { columnSettings, definedColumn, options } from './options.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { rowsOf } from './rows.ts';
import { keepTable } from './script-tables.ts';

export function exportData(node: ExportData, walk: ScriptWalk): void {
  record(walk, 'EXPORT_DATA', node.range, (scope) => {
    scope.pass.facts.flags.add('export');
    options(node.options, scope);
    return { outputs: query(node.query, scope).columns };
  });
}

export function loadData(node: LoadData, walk: ScriptWalk): void {
  record(walk, 'LOAD_DATA', node.range, (scope) => {
    scope.pass.facts.flags.add('load');
    scope.pass.facts.flags.add('external');
    options(node.options, scope);
    columnSettings(node.columns ?? [], scope);
    if (node.temporary === true) loadTemporary(node, scope);
    else namedTable(node.target, 'write', 'target', scope);
    return {};
  });
}

/** The table is there for the rest of the script; its columns are known if they are listed. */
function loadTemporary({ target, columns, range }: LoadData, { pass }: Scope): void {
  const name = createdName(target.path, true, pass);
  noteTable(pass, name, 'temporary', 'create', target.pathRange);
  const rows = rowsOf((columns ?? []).map(definedColumn), columns === undefined);
  keepTable({ name, temporary: true, ifNotExists: false, rows, range }, pass);
}
