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
    const both = joinRelations(relationOf(target.source), source, []);
    influence(scope.pass, expression(node.on, childScope(scope, both)));
    const relations = {
      matched: both,
      notMatchedByTarget: source,
      notMatchedBySource: relationOf(target.source),
    };
    return {
      writes: node.clauses.flatMap((clause) =>
        mergeClause(clause, target, source, childScope(scope, relations[clause.when])),
      ),
    };
  });
}

/** A row without a match on one side sees only the other one. */
function mergeClause(node: MergeClause, target: Target, source: Relation, scope: Scope): readonly Write[] {
  if (node.condition !== undefined) influence(scope.pass, expression(node.condition, scope));
  switch (node.action.type) {
    case 'insert':
      return insertInto(target, node.action.columns, node.action.source, scope, source.sources[0]);
    case 'update':
      return assignments(node.action.assignments, target, scope);
    case 'delete':
      return [];
    default:
      return assertNever(node.action);
  }
}
