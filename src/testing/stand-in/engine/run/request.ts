import type { Statement } from '../../../../sql/ast/index.ts';
import type { Database } from '../duckdb/database.ts';
import type { EngineResult, QueryRequest } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { parse } from '../parse.ts';
import type { Store } from '../store/store.ts';
import { runInto } from './destination.ts';
import { runBody } from './script.ts';
import { openSession, type Session } from './session.ts';

const answering: readonly Statement['type'][] = [
  'queryStatement',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'createTable',
  'createView',
  'createFunction',
  'createSchema',
  'alterTable',
  'drop',
];

/** Runs the text of a request: one statement, temporary functions and one statement, or a script. */
export async function runRequest(
  store: Store,
  database: Database,
  request: QueryRequest,
  now: () => Date,
): Promise<EngineResult> {
  const { statements } = parse(request.sql);
  const session = openSession(store, database, request, now);
  const isScript = !isSingle(statements);
  if (isScript && request.dryRun === true)
    return { statementType: 'SCRIPT', rows: [], totalBytesProcessed: 0, referencedTables: [] };
  const interrupt = (): void => database.interrupt();
  request.signal?.addEventListener('abort', interrupt);
  try {
    return await run(statements, session, isScript);
  } catch (error) {
    if (request.signal?.aborted === true)
      throw new EngineError('stopped', 'Job execution was cancelled: User requested cancellation');
    throw error;
  } finally {
    request.signal?.removeEventListener('abort', interrupt);
    await closeSession(session);
  }
}

function isSingle(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  const before = statements.slice(0, -1);
  return (
    last !== undefined &&
    answering.includes(last.type) &&
    before.every((one) => one.type === 'createFunction' && one.temporary)
  );
}

async function run(
  statements: readonly Statement[],
  session: Session,
  isScript: boolean,
): Promise<EngineResult> {
  const last = statements.at(-1);
  const { destination } = session.request;
  if (
    !isScript &&
    destination !== undefined &&
    last?.type === 'queryStatement' &&
    session.request.dryRun !== true
  ) {
    await runBody(statements.slice(0, -1), session);
    return runInto(last.query, destination, session);
  }
  await runBody(statements, session);
  const final = session.results.at(-1);
  if (!isScript && final !== undefined) return final;
  return scriptResult(session.results);
}

function scriptResult(children: readonly EngineResult[]): EngineResult {
  const answer = children.findLast((child) => child.schema !== undefined);
  return {
    statementType: 'SCRIPT',
    ...(answer?.schema === undefined ? {} : { schema: answer.schema }),
    rows: answer?.rows ?? [],
    totalBytesProcessed: children.reduce((total, child) => total + child.totalBytesProcessed, 0),
    referencedTables: children.flatMap((child) => child.referencedTables),
    children,
  };
}

async function closeSession(session: Session): Promise<void> {
  if (session.state.inTransaction) await session.database.run('ROLLBACK').catch(() => undefined);
  for (const table of session.temporaryTables.values()) {
    await session.database.run(`DROP TABLE IF EXISTS ${table.physical}`).catch(() => undefined);
  }
}
