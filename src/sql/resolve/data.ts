import type { ExportData, LoadData } from '../ast/index.ts';
import { expression } from './expression.ts';
import { namedTable } from './named-table.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';

export function exportData(node: ExportData, walk: ScriptWalk): void {
  record(walk, 'EXPORT_DATA', node.range, (scope) => {
    scope.pass.facts.flags.add('export');
    for (const option of node.options) expression(option.value, scope);
    return { outputs: query(node.query, scope).columns };
  });
}

export function loadData(node: LoadData, walk: ScriptWalk): void {
  record(walk, 'LOAD_DATA', node.range, (scope) => {
    scope.pass.facts.flags.add('load');
    scope.pass.facts.flags.add('external');
    for (const option of node.options) expression(option.value, scope);
    namedTable(node.target, 'write', 'target', scope);
    return {};
  });
}
