import type { CreateFunction } from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { EngineError, unsupported } from '../engine-error.ts';
import type { FunctionDefinition } from '../print/context.ts';
import { contextOf, type Session } from './session.ts';

export async function runCreateFunction(statement: CreateFunction, session: Session): Promise<EngineResult> {
  if (statement.language.toLowerCase() !== 'sql' || statement.body === undefined)
    throw unsupported(`functions in ${statement.language}`);
  if (statement.aggregate) throw unsupported('CREATE AGGREGATE FUNCTION');
  const definition: FunctionDefinition = { text: session.text, statement };
  const result: EngineResult = {
    statementType: 'CREATE_FUNCTION',
    rows: [],
    ddlOperation: 'CREATE',
    totalBytesProcessed: 0,
    referencedTables: [],
  };
  const [first] = statement.name;
  if (statement.temporary) {
    session.functions.set(first.name.toLowerCase(), definition);
    return result;
  }
  const context = contextOf(session);
  const id = session.store.tableId(statement.name, context);
  session.store.dataset(id);
  const exists = session.store.routine(statement.name, context) !== undefined;
  if (exists && statement.ifNotExists) return { ...result, ddlOperation: 'SKIP' };
  if (exists && !statement.orReplace)
    throw new EngineError(
      'duplicate',
      `Already Exists: Routine ${id.projectId}:${id.datasetId}.${id.tableId}`,
    );
  if (session.request.dryRun !== true) session.store.putRoutine(id, definition, context.now);
  return { ...result, ddlOperation: exists ? 'REPLACE' : 'CREATE' };
}
