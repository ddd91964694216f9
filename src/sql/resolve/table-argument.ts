import type { Path } from '../ast/index.ts';
import { commonTable } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Source } from '../scope/source.ts';
import { namedTable } from './named-table.ts';
import { sourceOfRows } from './rows.ts';

/** A table that stands as an argument: `TABLE dataset.name`. All of it is read. */
export function argumentTable(path: Path, scope: Scope): Source {
  const common = path.length === 1 ? commonTable(scope.commonTables, path[0].name) : undefined;
  if (common !== undefined) return sourceOfRows(common, path[0].name);
  const last = path[path.length - 1] ?? path[0];
  const range = { start: path[0].range.start, end: last.range.end };
  const source = namedTable({ type: 'table', path, pathRange: range, range }, 'read', 'argument', scope);
  source.row();
  return source;
}
