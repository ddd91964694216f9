import type { Statement } from '../../../../sql/ast/index.ts';
import type { Database } from '../duckdb/database.ts';
import type { EngineResult, QueryRequest } from '../engine.ts';
import { newTrace, type FunctionDefinition, type PrintContext, type Trace } from '../print/context.ts';
import { stringLiteral, type Typed } from '../print/typed.ts';
import type { Store } from '../store/store.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { SqlType } from '../type/sql-type.ts';
import { parameterValues } from './parameters.ts';

/** One query request while it runs: what a script declares lives and dies with it. */
export interface Session {
  readonly store: Store;
  readonly database: Database;
  readonly request: QueryRequest;
  readonly text: string;
  readonly now: () => Date;
  readonly parameters: ReadonlyMap<string | number, Typed>;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, FunctionDefinition>;
  readonly temporaryTables: Map<string, StoredTable>;
  readonly systemVariables: Map<string, Typed>;
  readonly results: EngineResult[];
  readonly state: { inTransaction: boolean };
}

/** A script variable: a DuckDB variable and its type. */
export interface Variable {
  readonly name: string;
  readonly value: Typed;
  readonly type: SqlType;
}

export function openSession(
  store: Store,
  database: Database,
  request: QueryRequest,
  now: () => Date,
): Session {
  return {
    store,
    database,
    request,
    text: request.sql,
    now,
    parameters: parameterValues(request.parameters),
    variables: new Map(),
    functions: new Map(),
    temporaryTables: new Map(),
    systemVariables: new Map([
      ['project_id', stringLiteral(request.project)],
      ['time_zone', stringLiteral('UTC')],
      ['script.job_id', stringLiteral('stand-in')],
      ...(request.defaultDataset === undefined
        ? []
        : [['dataset_id', stringLiteral(request.defaultDataset.datasetId)] as const]),
    ]),
    results: [],
    state: { inTransaction: false },
  };
}

/** The context of one statement: the moment is fixed, the trace is new. */
export function contextOf(session: Session, trace: Trace = newTrace()): PrintContext {
  const { request } = session;
  const defaults = defaultDataset(session);
  return {
    text: session.text,
    store: session.store,
    project: request.project,
    ...(defaults === undefined ? {} : { defaultDataset: defaults }),
    user: request.user ?? 'stand-in@example.com',
    now: session.now(),
    parameters: session.parameters,
    variables: new Map([...session.variables].map(([name, variable]) => [name, variable.value])),
    functions: session.functions,
    temporaryTables: session.temporaryTables,
    systemVariables: session.systemVariables,
    depth: 0,
    trace,
  };
}

/** `SET @@dataset_id` moves it. */
function defaultDataset(session: Session): QueryRequest['defaultDataset'] {
  const set = session.systemVariables.get('dataset_id')?.literal;
  if (set?.kind !== 'string') return session.request.defaultDataset;
  const projectId = session.request.defaultDataset?.projectId ?? session.request.project;
  return { projectId, datasetId: set.value };
}

export type Run<Kind extends Statement['type']> = (
  statement: Extract<Statement, { type: Kind }>,
  session: Session,
) => Promise<EngineResult | undefined>;
