import type { WithExpression } from '../../../../sql/ast/index.ts';
import { printExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import type { Typed } from './typed.ts';

/** `WITH(a AS x, …)`: each name stands for its expression. */
export function printWith(node: WithExpression, scope: Scope): Typed {
  const inner = node.bindings.reduce<Scope>((outer, { name, value }) => {
    const printed = printExpression(value, outer);
    return {
      context: scope.context,
      tables: scope.tables,
      parent: outer,
      sources: [{ columns: [{ name: name.name, ...printed }] }],
    };
  }, scope);
  return printExpression(node.result, inner);
}
