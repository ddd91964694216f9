import type { Assert, Jump, Raise, Transaction } from '../ast/index.ts';
import { childScope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';

export function jump(node: Jump, walk: ScriptWalk): void {
  record(walk, node.kind, node.range, () => ({}));
}

/** The message reaches the caller: what it is made of counts as read and deciding. */
export function raise(node: Raise, walk: ScriptWalk): void {
  record(walk, 'RAISE', node.range, (scope) => {
    if (node.message === undefined) return {};
    const message = expression(node.message, childScope(scope));
    influence(scope.pass, message);
    return { outputs: [{ name: 'message', value: message }] };
  });
}

export function transaction(node: Transaction, walk: ScriptWalk): void {
  record(walk, `${node.action}_TRANSACTION`, node.range, () => ({}));
}

/** Whether the statement fails, and with what words, tells of the condition. */
export function assert(node: Assert, walk: ScriptWalk): void {
  record(walk, 'ASSERT', node.range, (scope) => {
    const inner = childScope(scope);
    influence(scope.pass, expression(node.condition, inner));
    if (node.message === undefined) return {};
    const message = expression(node.message, inner);
    influence(scope.pass, message);
    return { outputs: [{ name: 'message', value: message }] };
  });
}
