import type { ExportData, LoadData } from '../ast/index.ts';
import { namedTable } from './named-table.ts';
import { columnSettings, options } from './options.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';

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
    namedTable(node.target, 'write', 'target', scope);
    return {};
  });
}
