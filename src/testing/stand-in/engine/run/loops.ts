import type { For, Loop } from '../../../../sql/ast/index.ts';
import { invalidQuery } from '../engine-error.ts';
import { physicalField } from '../type/physical-type.ts';
import { structOf } from '../type/sql-type.ts';
import { prepareQuery } from './query.ts';
import { type Flow, next, runBody } from './script.ts';
import type { Session, Variable } from './session.ts';
import { assign, declare, holds } from './variables.ts';

const stepLimit = 100_000;

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
