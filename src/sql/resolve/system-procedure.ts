import type { CallProcedure, Expression, Path } from '../ast/index.ts';
import type { Scope } from '../scope/scope.ts';
import { createdName } from './create-table.ts';
import { noteTable } from './named-table.ts';
import { reportGap } from './pass.ts';

/** Procedures of BigQuery itself that fill one table anew, which their first argument names. */
const refreshing: ReadonlySet<string> = new Set([
  'BQ.REFRESH_EXTERNAL_METADATA_CACHE',
  'BQ.REFRESH_MATERIALIZED_VIEW',
]);

export function isSystemProcedure(path: Path): boolean {
  return path[0].name.toUpperCase() === 'BQ' && path.length > 1;
}

/** To fill a table anew is a write; the others end jobs, sessions and the like, which is no matter of tables. */
export function systemProcedure(node: CallProcedure, { pass }: Scope): void {
  const name = node.name.map((part) => part.name.toUpperCase()).join('.');
  pass.facts.functions.add(name);
  const [first] = node.arguments;
  const table = first?.value.type === 'expression' ? tableIn(first.value.expression) : undefined;
  if (!refreshing.has(name) || table === undefined) {
    reportGap(pass, 'unknown-routine', `${name} acts on more than the text names`, node.range);
    return;
  }
  noteTable(pass, createdName(table, false, pass), 'table', 'write', node.range);
}

/** `'project.dataset.table'` as a path. */
function tableIn({ range, ...node }: Expression): Path | undefined {
  if (node.type !== 'literal' || node.kind !== 'string') return undefined;
  const [first, ...rest] = node.value.split('.').map((name) => ({ name, quoted: true, range }));
  return first === undefined || rest.length > 2 || node.value === '' ? undefined : [first, ...rest];
}
