import type {
  Assert,
  Block,
  CaseStatement,
  Declare,
  ExecuteImmediate,
  Expression,
  For,
  If,
  Jump,
  Loop,
  Raise,
  SetVariable,
  Statement,
  Transaction,
} from '../../../../sql/ast/index.ts';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import { mustCoerce } from '../print/coerce.ts';
import { equality } from '../print/conditional.ts';
import { failAt } from '../print/context.ts';
import { printExpression } from '../print/expression.ts';
import { rootScope, type Scope } from '../print/scope.ts';
import { nullOf, stringLiteral, type Typed } from '../print/typed.ts';
import { parse } from '../parse.ts';
import { typeOf } from '../type/data-type.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { bool, settle, string, structOf, typeText, type SqlType } from '../type/sql-type.ts';
import { prepareQuery } from './query.ts';
import { contextOf, type Session, type Variable } from './session.ts';
import { runStatement } from './statement.ts';

/** How a statement ended: by itself, or by leaving a loop, a block or the script. */
export type Flow =
  | { readonly kind: 'next' }
  | { readonly kind: 'break' | 'continue' | 'return'; readonly label?: string };

const next: Flow = { kind: 'next' };
const stepLimit = 100_000;

export async function runBody(body: readonly Statement[], session: Session): Promise<Flow> {
  for (const statement of body) {
    session.request.signal?.throwIfAborted();
    const flow = await runStatement(statement, session);
    if (flow.kind !== 'next') return flow;
  }
  return next;
}

function value(node: Expression, session: Session): readonly [Typed, Scope] {
  const scope = rootScope(contextOf(session));
  return [printExpression(node, scope), scope];
}

function declare(name: string, type: SqlType, session: Session): Variable {
  const variable = session.store.nextName('variable');
  const sql = `CAST(getvariable('${variable}') AS ${physicalType(type)})`;
  const made: Variable = { name: variable, type, value: { sql, type } };
  session.variables.set(name.toLowerCase(), made);
  return made;
}

async function assign(variable: Variable, sql: string, session: Session): Promise<void> {
  await session.database.run(
    `SET VARIABLE ${variable.name} = (SELECT CAST(${sql} AS ${physicalType(variable.type)}))`,
  );
}

export async function runDeclare(statement: Declare, session: Session): Promise<Flow> {
  const initial = statement.defaultValue === undefined ? undefined : value(statement.defaultValue, session);
  const type =
    statement.dataType === undefined ? settle(initial?.[0].type ?? string) : typeOf(statement.dataType);
  const typed =
    initial === undefined
      ? nullOf(type)
      : mustCoerce(
          initial[0],
          type,
          initial[1],
          statement.range,
          `Cannot coerce expression of type ${typeText(initial[0].type)} to type ${typeText(type)}`,
        );
  for (const name of statement.names) await assign(declare(name.name, type, session), typed.sql, session);
  return next;
}

export async function runSet(statement: SetVariable, session: Session): Promise<Flow> {
  const [typed, scope] = value(statement.value, session);
  if (statement.targets.length === 1 && statement.targets[0] !== undefined) {
    await assignTarget(statement.targets[0], typed, statement, scope, session);
    return next;
  }
  await assignSeveral(statement, typed, scope, session);
  return next;
}

/** `SET (a, b) = (…)`: all values are computed before any is assigned. */
async function assignSeveral(
  statement: SetVariable,
  typed: Typed,
  scope: Scope,
  session: Session,
): Promise<void> {
  if (typed.type.kind !== 'struct' || typed.type.fields.length !== statement.targets.length) {
    throw failAt(scope.context, statement.range, 'SET needs one value for each variable');
  }
  const whole = declare('', typed.type, session);
  session.variables.delete('');
  await assign(whole, typed.sql, session);
  for (const [index, target] of statement.targets.entries()) {
    const type = typed.type.fields[index]?.type ?? string;
    await assignTarget(
      target,
      { sql: `struct_extract(${whole.value.sql}, '${physicalField(index)}')`, type },
      statement,
      scope,
      session,
    );
  }
}

async function assignTarget(
  target: SetVariable['targets'][number],
  typed: Typed,
  statement: SetVariable,
  scope: Scope,
  session: Session,
): Promise<void> {
  if (target.type === 'systemVariable') {
    const name = target.parts
      .map((part) => part.name)
      .join('.')
      .toLowerCase();
    if (name !== 'dataset_id' || typed.literal?.kind !== 'string') throw unsupported(`SET @@${name}`);
    session.systemVariables.set(name, typed);
    return;
  }
  const variable = session.variables.get(target.name.name.toLowerCase());
  if (variable === undefined)
    throw failAt(scope.context, target.name.range, `Undeclared variable: ${target.name.name}`);
  const message = `Cannot coerce expression of type ${typeText(typed.type)} to type ${typeText(variable.type)}`;
  await assign(variable, mustCoerce(typed, variable.type, scope, statement.range, message).sql, session);
}

async function holds(node: Expression, session: Session): Promise<boolean> {
  const [typed, scope] = value(node, session);
  const condition = mustCoerce(
    typed,
    bool,
    scope,
    node.range,
    `Condition must be of type BOOL, but is ${typeText(typed.type)}`,
  );
  return isTrue(condition.sql, session);
}

async function isTrue(sql: string, session: Session): Promise<boolean> {
  const [row] = await session.database.rows(`SELECT ${sql}`);
  return row?.[0] === true;
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

/** What a flow means to the loop it reaches: stay in it, leave it, or pass on to what is around. */
function afterTurn(flow: Flow, label: string | undefined): Flow | 'again' {
  if (flow.kind === 'next') return 'again';
  const mine = flow.kind !== 'return' && (flow.label === undefined || flow.label === label?.toLowerCase());
  if (!mine) return flow;
  return flow.kind === 'continue' ? 'again' : next;
}

export async function runLoop(statement: Loop, session: Session): Promise<Flow> {
  const { kind, condition, body, label } = statement;
  for (let turn = 0; turn < stepLimit; turn += 1) {
    if (kind === 'WHILE' && condition !== undefined && !(await holds(condition, session))) return next;
    const after = afterTurn(await runBody(body, session), label?.name);
    if (after !== 'again') return after;
    if (kind === 'REPEAT' && condition !== undefined && (await holds(condition, session))) return next;
  }
  throw invalidQuery(`The loop did not end after ${stepLimit} turns`);
}

export async function runFor(statement: For, session: Session): Promise<Flow> {
  const prepared = prepareQuery(statement.query, session);
  const type = structOf(prepared.columns);
  const packed = prepared.columns.map((_, index) => `${physicalField(index)} := q.c${index + 1}`);
  const stage = session.store.nextName('stage');
  await session.database.run(
    `CREATE TEMP TABLE ${stage} AS SELECT struct_pack(${packed.join(', ')}) AS v FROM (${prepared.sql}) AS q`,
  );
  const [count] = await session.database.rows(`SELECT count(*) FROM ${stage}`);
  const outer = session.variables.get(statement.variable.name.toLowerCase());
  const variable = declare(statement.variable.name, type, session);
  try {
    for (let row = 0; row < Number(count?.[0] ?? 0); row += 1) {
      await assign(variable, `(SELECT v FROM ${stage} WHERE rowid = ${row})`, session);
      const after = afterTurn(await runBody(statement.body, session), statement.label?.name);
      if (after !== 'again') return after;
    }
    return next;
  } finally {
    restore(statement.variable.name, outer, session);
    await session.database.run(`DROP TABLE IF EXISTS ${stage}`).catch(() => undefined);
  }
}

function restore(name: string, variable: Variable | undefined, session: Session): void {
  if (variable === undefined) session.variables.delete(name.toLowerCase());
  else session.variables.set(name.toLowerCase(), variable);
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

async function textValue(node: Expression, session: Session): Promise<string> {
  const [typed, scope] = value(node, session);
  const text = mustCoerce(
    typed,
    string,
    scope,
    node.range,
    `Expected a STRING but found ${typeText(typed.type)}`,
  );
  const [row] = await session.database.rows(`SELECT ${text.sql}`);
  const found = row?.[0];
  if (typeof found !== 'string') throw failAt(scope.context, node.range, 'The text cannot be NULL');
  return found;
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

/** Dynamic SQL sees neither variables nor parameters of the script, only what USING gives it. */
export async function runImmediate(statement: ExecuteImmediate, session: Session): Promise<Flow> {
  const text = await textValue(statement.sql, session);
  const parameters = new Map<string | number, Typed>();
  for (const [index, argument] of statement.using.entries()) {
    const [typed] = value(argument.value, session);
    const held = declare(`@${index}`, settle(typed.type), session);
    session.variables.delete(`@${index}`);
    await assign(held, typed.sql, session);
    parameters.set(argument.alias?.name.toLowerCase() ?? index, held.value);
  }
  const inner: Session = { ...session, text, parameters, variables: new Map() };
  const { statements } = parse(text);
  if (statements.length !== 1) throw invalidQuery('EXECUTE IMMEDIATE takes exactly one statement');
  const [only] = statements;
  if (statement.into.length > 0) {
    if (only?.type !== 'queryStatement') throw invalidQuery('EXECUTE IMMEDIATE … INTO takes a query');
    await intoVariables(statement, only.query, inner, session);
    return next;
  }
  return runBody(statements, inner);
}

async function intoVariables(
  statement: ExecuteImmediate,
  query: For['query'],
  inner: Session,
  session: Session,
): Promise<void> {
  const prepared = prepareQuery(query, inner);
  if (prepared.columns.length !== statement.into.length)
    throw invalidQuery('EXECUTE IMMEDIATE … INTO needs one variable for each column');
  const [count] = await session.database.rows(`SELECT count(*) FROM (${prepared.sql}) AS q`);
  if (Number(count?.[0] ?? 0) > 1) throw invalidQuery('EXECUTE IMMEDIATE … INTO takes at most one row');
  for (const [index, name] of statement.into.entries()) {
    const variable = session.variables.get(name.name.toLowerCase());
    if (variable === undefined) throw invalidQuery(`Undeclared variable: ${name.name}`);
    await assign(variable, `(SELECT q.c${index + 1} FROM (${prepared.sql}) AS q)`, session);
  }
}
