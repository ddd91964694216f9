import type { Merge, MergeClause } from '../ast/index.ts';
import { joinRelations, relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { assignments, dmlTarget, insertInto } from './dml.ts';
import type { Target } from './dml.ts';
import { expression } from './expression.ts';
import { fromItem } from './from.ts';
import { influence } from './pass.ts';
import { record } from './record.ts';
import type { ScriptWalk, Write } from './record.ts';
import { assertNever } from '../assert-never.ts';

export function merge(node: Merge, walk: ScriptWalk): void {
  record(walk, 'MERGE', node.range, (scope) => {
    const target = dmlTarget(node.target, scope);
    const source = fromItem(node.source, scope, relationOf(target.source));
    const both = childScope(scope, joinRelations(relationOf(target.source), source, []));
    influence(scope.pass, expression(node.on, both));
    return { writes: node.clauses.flatMap((clause) => mergeClause(clause, target, source, both)) };
  });
}

function mergeClause(node: MergeClause, target: Target, source: Relation, both: Scope): readonly Write[] {
  if (node.condition !== undefined) influence(both.pass, expression(node.condition, both));
  switch (node.action.type) {
    case 'insert': {
      const { parent } = both;
      const inner = childScope(parent ?? both, source);
      return insertInto(target, node.action.columns, node.action.source, inner, source.sources[0]);
    }
    case 'update':
      return assignments(node.action.assignments, target, both);
    case 'delete':
      return [];
    default:
      return assertNever(node.action);
  }
}
