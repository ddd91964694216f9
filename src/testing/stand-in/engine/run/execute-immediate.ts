import type { ExecuteImmediate, For } from '../../../../sql/ast/index.ts';
import { invalidQuery } from '../engine-error.ts';
import { parse } from '../parse.ts';
import type { Typed } from '../print/typed.ts';
import { settle } from '../type/sql-type.ts';
import { prepareQuery } from './query.ts';
import { type Flow, next, runBody } from './script.ts';
import type { Session } from './session.ts';
import { assign, declare, textValue, value } from './variables.ts';

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
