import type { Drop } from '../../../../sql/ast/index.ts';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import type { EngineResult } from '../engine.ts';
import { done } from './ddl-result.ts';
import { dropSchema } from './schemas.ts';
import { type Session, contextOf } from './session.ts';
import { dropTable } from './tables.ts';

export async function runDrop(statement: Drop, session: Session): Promise<EngineResult> {
  const statementType = `DROP_${statement.kind.replaceAll(' ', '_')}`;
  switch (statement.kind) {
    case 'SCHEMA':
      return dropSchema(statement, session, statementType);
    case 'TABLE':
    case 'VIEW':
    case 'MATERIALIZED VIEW':
      return dropRelation(statement, session, statementType);
    case 'FUNCTION':
      return dropFunction(statement, session, statementType);
    default:
      throw unsupported(`DROP ${statement.kind}`);
  }
}

async function dropRelation(statement: Drop, session: Session, statementType: string): Promise<EngineResult> {
  const context = contextOf(session);
  const [first] = statement.name;
  const temporary =
    statement.name.length === 1 ? session.temporaryTables.get(first.name.toLowerCase()) : undefined;
  if (temporary !== undefined) {
    session.temporaryTables.delete(first.name.toLowerCase());
    await session.database.run(`DROP TABLE ${temporary.physical}`);
    return done(statementType, 'DROP', temporary.record);
  }
  const id = context.store.tableId(statement.name, context);
  const table = session.store.findTable(id);
  if (table === undefined) {
    if (statement.ifExists) return done(statementType, 'SKIP', id);
    throw session.store.missingTable(id);
  }
  if ((table.record.type === 'TABLE') !== (statement.kind === 'TABLE')) {
    throw invalidQuery(`Cannot drop ${id.datasetId}.${id.tableId}: it is not a ${statement.kind}`);
  }
  if (session.request.dryRun !== true) await dropTable(session.store, session.database, table);
  return done(statementType, 'DROP', id);
}

async function dropFunction(statement: Drop, session: Session, statementType: string): Promise<EngineResult> {
  const context = contextOf(session);
  const id = context.store.tableId(statement.name, context);
  const found = context.store.routine(statement.name, context) !== undefined;
  if (!found && !statement.ifExists)
    throw new EngineError('notFound', `Not found: Routine ${id.projectId}:${id.datasetId}.${id.tableId}`);
  if (found && session.request.dryRun !== true) session.store.removeRoutine(id);
  return done(statementType, found ? 'DROP' : 'SKIP', id);
}
