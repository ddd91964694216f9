import type { Expression } from '../ast/index.ts';
import type { Column } from '../scope/source.ts';

/** The output column that a whole number in ORDER BY or GROUP BY stands for. */
export function outputAt(node: Expression, columns: readonly Column[]): Column | undefined {
  return node.type === 'literal' && node.kind === 'integer' ? columns[Number(node.value) - 1] : undefined;
}
