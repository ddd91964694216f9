import type { CreateTable, Path } from '../../../../sql/ast/index.ts';
import { invalidQuery, unsupported } from '../engine-error.ts';
import type { EngineResult } from '../engine.ts';
import type { PrintContext } from '../print/context.ts';
import { outputName } from '../print/scope.ts';
import { findTable } from '../print/table.ts';
import type { NewTable, TableField, TableId } from '../table.ts';
import { fieldOf, fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { stored } from './assign.ts';
import { type Operation, done } from './ddl-result.ts';
import { columnField, commonSettings } from './definition.ts';
import { checkMoments, prepareQuery, readFacts } from './query.ts';
import { type Session, contextOf } from './session.ts';
import { alreadyExists, makeTable } from './tables.ts';

export async function runCreateTable(statement: CreateTable, session: Session): Promise<EngineResult> {
  if (statement.kind !== 'TABLE') throw unsupported(`CREATE ${statement.kind}`);
  const context = contextOf(session);
  const id = statement.temporary
    ? temporaryId(statement.name, context)
    : context.store.tableId(statement.name, context);
  if (!statement.temporary) context.store.dataset(id);
  const existing = statement.temporary
    ? session.temporaryTables.get(id.tableId.toLowerCase())
    : session.store.findTable(id);
  const statementType = statement.query === undefined ? 'CREATE_TABLE' : 'CREATE_TABLE_AS_SELECT';
  if (existing !== undefined && statement.ifNotExists) return done(statementType, 'SKIP', id);
  if (existing !== undefined && !statement.orReplace) throw alreadyExists(id);
  const contents = contentsOf(statement, session, context);
  if (contents.trace !== undefined) await checkMoments(contents.trace, session);
  const facts =
    contents.trace === undefined
      ? { totalBytesProcessed: 0, referencedTables: [] }
      : await readFacts(contents.trace, session);
  const operation: Operation = existing === undefined ? 'CREATE' : 'REPLACE';
  const result = { ...done(statementType, operation, id), ...facts };
  if (session.request.dryRun === true)
    return { ...result, ...(contents.select === undefined ? {} : { schema: contents.schema }) };
  const table = { ...id, schema: contents.schema, ...tableSettings(statement, context) };
  const options = {
    isTemporary: statement.temporary,
    ...(contents.select === undefined ? {} : { select: contents.select }),
  };
  const made = await makeTable(session.store, session.database, table, session.now(), options);
  if (existing !== undefined)
    await session.database.run(
      existing.record.type === 'TABLE' ? `DROP TABLE ${existing.physical}` : 'SELECT 1',
    );
  if (statement.temporary) session.temporaryTables.set(id.tableId.toLowerCase(), made);
  return result;
}

function temporaryId(path: Path, context: PrintContext): TableId {
  if (path.length !== 1) throw invalidQuery('CREATE TEMP TABLE takes a name without a dataset');
  return { projectId: context.project, datasetId: '_temporary', tableId: path[0].name };
}

interface Contents {
  readonly schema: readonly TableField[];
  readonly select?: string;
  readonly trace?: PrintContext['trace'];
}

function contentsOf(statement: CreateTable, session: Session, context: PrintContext): Contents {
  if (statement.from !== undefined) return copiedContents(statement.from, context);
  const declared = statement.columns?.map((column) => columnField(column, context));
  if (statement.query === undefined) {
    if (declared === undefined)
      throw invalidQuery('CREATE TABLE requires a column definition list or AS query');
    return { schema: declared };
  }
  const prepared = prepareQuery(statement.query, session);
  const schema = declared ?? prepared.columns.map(({ name, type }) => fieldOf(name, type));
  const unnamed =
    declared === undefined ? prepared.columns.findIndex(({ name }) => /^f[0-9]+_$/.test(name)) : -1;
  if (unnamed >= 0)
    throw invalidQuery(`CREATE TABLE columns must be named, but column ${unnamed + 1} has no name`);
  if (schema.length !== prepared.columns.length)
    throw invalidQuery('Number of columns in the column definition list does not match the query');
  const values = schema.map((field, index) => {
    const from = prepared.columns[index]?.type ?? fieldSqlType(field);
    if (physicalType(from) !== physicalType(fieldSqlType(field))) {
      throw invalidQuery(`Column ${field.name} has a type that differs from the query's`);
    }
    return stored({ sql: `q.${outputName(index)}`, type: fieldSqlType(field) }, field);
  });
  return { schema, select: `SELECT ${values.join(', ')} FROM (${prepared.sql}) AS q`, trace: prepared.trace };
}

function copiedContents(from: NonNullable<CreateTable['from']>, context: PrintContext): Contents {
  const source = findTable(from.table.path, context);
  if (source.record.type !== 'TABLE') throw invalidQuery(`${from.how} needs a table`);
  if (from.table.systemTime !== undefined) throw unsupported(`${from.how} of an earlier time`);
  if (from.how === 'LIKE') return { schema: source.record.schema };
  return {
    schema: source.record.schema,
    select: `SELECT ${source.columns.map((column) => column.physical).join(', ')} FROM ${source.physical}`,
  };
}

function tableSettings(
  { options, partitionBy, clusterBy }: CreateTable,
  context: PrintContext,
): Partial<NewTable> {
  const field = partitionBy === undefined ? undefined : partitionField(partitionBy);
  return {
    ...commonSettings(options, context),
    ...(partitionBy === undefined
      ? {}
      : { timePartitioning: { type: 'DAY', ...(field === undefined ? {} : { field }) } }),
    ...(clusterBy.length === 0
      ? {}
      : { clustering: { fields: clusterBy.map((path) => path.at(-1)?.name ?? '') } }),
  };
}

/** The column under `DATE(ts)`, `TIMESTAMP_TRUNC(ts, DAY)` and the like. */
function partitionField(node: NonNullable<CreateTable['partitionBy']>): string | undefined {
  if (node.type === 'path') return node.parts.at(-1)?.name;
  const argument = node.type === 'call' ? node.arguments[0]?.value : undefined;
  return argument?.type === 'expression' ? partitionField(argument.expression) : undefined;
}
