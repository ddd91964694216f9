import type { TableFunction } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import type { PrintedFrom } from './from.ts';
import type { Scope } from './scope.ts';

export function printTableFunction(node: TableFunction, _scope: Scope): PrintedFrom {
  throw unsupported(`the table function ${node.name.map((part) => part.name).join('.')}`);
}
