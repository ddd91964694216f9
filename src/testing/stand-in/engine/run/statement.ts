import type { Statement } from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { unsupported } from '../engine-error.ts';
import { runAlterTable } from './alter-table.ts';
import { runCreateTable } from './create-table.ts';
import { runCreateView } from './create-view.ts';
import { runDrop } from './drop.ts';
import { runCreateSchema } from './schemas.ts';
import { runDelete, runInsert, runTruncate, runUpdate } from './dml.ts';
import { runCreateFunction } from './functions.ts';
import { runMerge } from './merge.ts';
import { runQuery } from './query.ts';
import { runImmediate } from './execute-immediate.ts';
import { runFor, runLoop } from './loops.ts';
import {
  runAssert,
  runBlock,
  runCase,
  runIf,
  runJump,
  runRaise,
  runTransaction,
  type Flow,
} from './script.ts';
import { runDeclare, runSet } from './variables.ts';
import type { Session } from './session.ts';

type Handlers = {
  readonly [Kind in Statement['type']]: (
    statement: Extract<Statement, { type: Kind }>,
    session: Session,
  ) => Promise<Flow>;
};

/** A statement that answers: its result joins those of the script. */
const answering =
  <Kind extends Statement['type']>(
    run: (statement: Extract<Statement, { type: Kind }>, session: Session) => Promise<EngineResult>,
  ) =>
  async (statement: Extract<Statement, { type: Kind }>, session: Session): Promise<Flow> => {
    session.results.push(await run(statement, session));
    return { kind: 'next' };
  };

const refused = (name: string) => async (): Promise<Flow> => {
  throw unsupported(name);
};

const handlers: Handlers = {
  queryStatement: answering(async (statement, session) => runQuery(statement.query, session)),
  insert: answering(runInsert),
  update: answering(runUpdate),
  delete: answering(runDelete),
  merge: answering(runMerge),
  truncate: answering(runTruncate),
  createTable: answering(runCreateTable),
  createView: answering(runCreateView),
  createFunction: answering(runCreateFunction),
  createSchema: answering(runCreateSchema),
  alterTable: answering(runAlterTable),
  drop: answering(runDrop),
  createTableFunction: refused('CREATE TABLE FUNCTION'),
  createModel: refused('CREATE MODEL'),
  createProcedure: refused('CREATE PROCEDURE'),
  otherDdl: async (statement) => {
    throw unsupported(statement.kind);
  },
  exportData: refused('EXPORT DATA'),
  loadData: refused('LOAD DATA'),
  callProcedure: refused('CALL'),
  declare: runDeclare,
  set: runSet,
  if: runIf,
  caseStatement: runCase,
  loop: runLoop,
  for: runFor,
  block: runBlock,
  jump: runJump,
  raise: runRaise,
  executeImmediate: runImmediate,
  transaction: runTransaction,
  assert: runAssert,
};

export async function runStatement(statement: Statement, session: Session): Promise<Flow> {
  // TypeScript does not follow that the handler found by `type` takes this very statement.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const handler = handlers[statement.type] as unknown as (
    statement: Statement,
    session: Session,
  ) => Promise<Flow>;
  return handler(statement, session);
}
