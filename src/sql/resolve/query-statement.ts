import type { Query, QueryBody, QueryStatement } from '../ast/index.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { assertNever } from '../assert-never.ts';

export function queryStatement(node: QueryStatement, walk: ScriptWalk): void {
  record(walk, 'SELECT', node.range, (scope) => {
    const rows = query(node.query, scope);
    const aggregated = scope.pass.facts.aggregated.has(node.query.body);
    return { outputs: rows.columns, answers: true, unbounded: !aggregated && isUnbounded(node.query) };
  });
}

/** Nothing in the outermost query bounds the number of its rows. */
function isUnbounded(node: Query): boolean {
  return node.limit === undefined && isUnboundedBody(node.body);
}

function isUnboundedBody(body: QueryBody): boolean {
  switch (body.type) {
    case 'select':
      return body.from !== undefined && body.where === undefined && body.groupBy === undefined;
    case 'setOperation':
      return isUnboundedBody(body.left) || isUnboundedBody(body.right);
    case 'nestedQuery':
      return isUnbounded(body.query);
    default:
      return assertNever(body);
  }
}
