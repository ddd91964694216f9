import type { Declare, Expression, SetVariable } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { mustCoerce } from '../print/coerce.ts';
import { failAt } from '../print/context.ts';
import { printExpression } from '../print/expression.ts';
import { type Scope, rootScope } from '../print/scope.ts';
import { type Typed, nullOf } from '../print/typed.ts';
import { typeOf } from '../type/data-type.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { type SqlType, bool, settle, string, typeText } from '../type/sql-type.ts';
import { type Flow, next } from './script.ts';
import { type Session, type Variable, contextOf } from './session.ts';

export function value(node: Expression, session: Session): readonly [Typed, Scope] {
  const scope = rootScope(contextOf(session));
  return [printExpression(node, scope), scope];
}

export function declare(name: string, type: SqlType, session: Session): Variable {
  const variable = session.store.nextName('variable');
  const sql = `CAST(getvariable('${variable}') AS ${physicalType(type)})`;
  const made: Variable = { name: variable, type, value: { sql, type } };
  session.variables.set(name.toLowerCase(), made);
  return made;
}

export async function assign(variable: Variable, sql: string, session: Session): Promise<void> {
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

export async function holds(node: Expression, session: Session): Promise<boolean> {
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

export async function isTrue(sql: string, session: Session): Promise<boolean> {
  const [row] = await session.database.rows(`SELECT ${sql}`);
  return row?.[0] === true;
}

export async function textValue(node: Expression, session: Session): Promise<string> {
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
