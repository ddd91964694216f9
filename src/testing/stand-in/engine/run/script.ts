import type {
  Assert,
  Block,
  CaseStatement,
  Expression,
  If,
  Jump,
  Raise,
  Statement,
  Transaction,
} from '../../../../sql/ast/index.ts';
import { EngineError, invalidQuery } from '../engine-error.ts';
import { equality } from '../print/conditional.ts';
import { printExpression } from '../print/expression.ts';
import { stringLiteral } from '../print/typed.ts';

import type { Session, Variable } from './session.ts';
import { runStatement } from './statement.ts';
import { holds, isTrue, textValue, value } from './variables.ts';

/** How a statement ended: by itself, or by leaving a loop, a block or the script. */
export type Flow =
  | { readonly kind: 'next' }
  | { readonly kind: 'break' | 'continue' | 'return'; readonly label?: string };

export const next: Flow = { kind: 'next' };

export async function runBody(body: readonly Statement[], session: Session): Promise<Flow> {
  for (const statement of body) {
    session.request.signal?.throwIfAborted();
    const flow = await runStatement(statement, session);
    if (flow.kind !== 'next') return flow;
  }
  return next;
}

export async function runIf(statement: If, session: Session): Promise<Flow> {
  for (const branch of statement.branches) {
    if (await holds(branch.condition, session)) return runBody(branch.body, session);
  }
  return runBody(statement.otherwise ?? [], session);
}

export async function runCase(statement: CaseStatement, session: Session): Promise<Flow> {
  for (const branch of statement.branches) {
    if (await matches(statement, branch.when, session)) return runBody(branch.body, session);
  }
  return runBody(statement.otherwise ?? [], session);
}

async function matches(statement: CaseStatement, when: Expression, session: Session): Promise<boolean> {
  if (statement.operand === undefined) return holds(when, session);
  const [left, scope] = value(statement.operand, session);
  return isTrue(equality(left, printExpression(when, scope), when, scope), session);
}

/** Variables of a block end with it; its handler sees the error in `@@error.message`. */
export async function runBlock(statement: Block, session: Session): Promise<Flow> {
  const outer = new Map(session.variables);
  try {
    return ofBlock(await runBody(statement.body, session), statement);
  } catch (error) {
    const isOurs =
      error instanceof EngineError && error.reason !== 'stopped' && error.reason !== 'notImplemented';
    if (statement.exceptionHandler === undefined || !isOurs) throw error;
    restoreAll(outer, session);
    session.systemVariables.set('error.message', stringLiteral(error.message));
    return ofBlock(await runBody(statement.exceptionHandler, session), statement);
  } finally {
    restoreAll(outer, session);
  }
}

function ofBlock(flow: Flow, { label }: Block): Flow {
  return flow.kind === 'break' && flow.label !== undefined && flow.label === label?.name.toLowerCase()
    ? next
    : flow;
}

function restoreAll(variables: ReadonlyMap<string, Variable>, session: Session): void {
  for (const name of session.variables.keys()) if (!variables.has(name)) session.variables.delete(name);
  for (const [name, variable] of variables) session.variables.set(name, variable);
}

const jumps = { BREAK: 'break', CONTINUE: 'continue', RETURN: 'return' } as const;

export async function runJump(statement: Jump, _session: Session): Promise<Flow> {
  return {
    kind: jumps[statement.kind],
    ...(statement.label === undefined ? {} : { label: statement.label.name.toLowerCase() }),
  };
}

export async function runRaise(statement: Raise, session: Session): Promise<Flow> {
  if (statement.message === undefined) {
    const message = session.systemVariables.get('error.message')?.literal;
    throw invalidQuery(message?.kind === 'string' ? message.value : 'RAISE outside of an exception handler');
  }
  throw invalidQuery(await textValue(statement.message, session));
}

export async function runAssert(statement: Assert, session: Session): Promise<Flow> {
  if (await holds(statement.condition, session)) return next;
  throw invalidQuery(
    statement.message === undefined ? 'Assertion failed' : await textValue(statement.message, session),
  );
}

export async function runTransaction(statement: Transaction, session: Session): Promise<Flow> {
  const begins = statement.action === 'BEGIN';
  if (begins === session.state.inTransaction) {
    throw invalidQuery(begins ? 'Transaction is already in progress' : 'There is no active transaction');
  }
  await session.database.run(begins ? 'BEGIN TRANSACTION' : statement.action);
  session.state.inTransaction = begins;
  return next;
}
