import type { CreateSchema, Drop } from '../../../../sql/ast/index.ts';
import { EngineError } from '../engine-error.ts';
import type { EngineResult } from '../engine.ts';
import type { TableId } from '../table.ts';
import { newDataset } from './datasets.ts';
import { done } from './ddl-result.ts';
import { commonSettings } from './definition.ts';
import { type Session, contextOf } from './session.ts';
import { dropTable } from './tables.ts';

export async function runCreateSchema(statement: CreateSchema, session: Session): Promise<EngineResult> {
  const context = contextOf(session);
  const names = statement.name.flatMap((part) => part.name.split('.'));
  const id = {
    projectId: names.length > 1 ? names.slice(0, -1).join('.') : context.project,
    datasetId: names.at(-1) ?? '',
  };
  const target: TableId = { ...id, tableId: '' };
  if (session.store.findDataset(id) !== undefined) {
    if (statement.ifNotExists) return done('CREATE_SCHEMA', 'SKIP', target);
    throw new EngineError('duplicate', `Already Exists: Dataset ${id.projectId}:${id.datasetId}`);
  }
  if (session.request.dryRun !== true) {
    const { labels, description } = commonSettings(statement.options, context);
    session.store.putDataset(
      newDataset(
        {
          ...id,
          ...(labels === undefined ? {} : { labels }),
          ...(description === undefined ? {} : { description }),
        },
        session.now(),
      ),
    );
  }
  return done('CREATE_SCHEMA', 'CREATE', target);
}

export async function dropSchema(
  statement: Drop,
  session: Session,
  statementType: string,
): Promise<EngineResult> {
  const names = statement.name.flatMap((part) => part.name.split('.'));
  const id = {
    projectId: names.length > 1 ? names.slice(0, -1).join('.') : session.request.project,
    datasetId: names.at(-1) ?? '',
  };
  const target: TableId = { ...id, tableId: '' };
  if (session.store.findDataset(id) === undefined && statement.ifExists)
    return done(statementType, 'SKIP', target);
  session.store.dataset(id);
  const tables = session.store.tablesOf(id);
  if (tables.length > 0 && !statement.cascade) {
    throw new EngineError('resourceInUse', `Dataset ${id.projectId}:${id.datasetId} is still in use`);
  }
  if (session.request.dryRun !== true) {
    for (const table of tables) await dropTable(session.store, session.database, table);
    session.store.removeDataset(id);
  }
  return done(statementType, 'DROP', target);
}
