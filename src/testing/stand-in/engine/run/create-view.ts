import type { CreateView } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import type { EngineResult } from '../engine.ts';
import { fieldOf } from '../type/field-type.ts';
import { done } from './ddl-result.ts';
import { commonSettings } from './definition.ts';
import { idOf, prepareQuery } from './query.ts';
import { type Session, contextOf } from './session.ts';
import { alreadyExists, dropTable, recordOf } from './tables.ts';

export async function runCreateView(statement: CreateView, session: Session): Promise<EngineResult> {
  const context = contextOf(session);
  const id = context.store.tableId(statement.name, context);
  context.store.dataset(id);
  const existing = session.store.findTable(id);
  const statementType = statement.materialized ? 'CREATE_MATERIALIZED_VIEW' : 'CREATE_VIEW';
  if (existing !== undefined && statement.ifNotExists) return done(statementType, 'SKIP', id);
  if (existing !== undefined && !statement.orReplace) throw alreadyExists(id);
  if (session.functions.size > 0 && existing === undefined)
    throw unsupported('CREATE VIEW beside temporary functions');
  const prepared = prepareQuery(statement.query, session);
  await session.database.check(prepared.sql);
  const names = statement.columns?.map((name) => name.name);
  const schema = prepared.columns.map(({ name, type }, index) => fieldOf(names?.[index] ?? name, type));
  if (session.request.dryRun === true) return { ...done(statementType, 'CREATE', id), schema };
  const viewQuery = session.text.slice(statement.query.range.start, statement.query.range.end);
  const record = recordOf(
    { ...id, schema, viewQuery, ...commonSettings(statement.options, context) },
    session.now(),
  );
  if (existing?.record.type === 'TABLE') await dropTable(session.store, session.database, existing);
  const viewDataset = context.defaultDataset === undefined ? {} : { viewDataset: context.defaultDataset };
  session.store.putTable({ record, physical: '', columns: [], ...viewDataset, sizes: new Map() });
  return {
    ...done(statementType, existing === undefined ? 'CREATE' : 'REPLACE', id),
    referencedTables: [...prepared.trace.reads.keys()].map(idOf),
  };
}
