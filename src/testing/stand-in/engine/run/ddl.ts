import { assertNever } from '../../../../sql/assert-never.ts';
import type {
  AlterAction,
  AlterTable,
  ColumnDefinition,
  CreateSchema,
  CreateTable,
  CreateView,
  Drop,
  Option,
  Path,
} from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import { failAt, type PrintContext } from '../print/context.ts';
import { printExpression } from '../print/expression.ts';
import { findTable } from '../print/table.ts';
import { outputName, rootScope, sameText } from '../print/scope.ts';
import { literalText } from '../print/typed.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { NewTable, TableField, TableId } from '../table.ts';
import { fieldOf, fieldOfDataType, fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { newDataset } from './datasets.ts';
import { stored } from './assign.ts';
import { defaultValue } from './dml.ts';
import { checkMoments, idOf, prepareQuery, readFacts } from './query.ts';
import { contextOf, type Session } from './session.ts';
import { alreadyExists, dropTable, makeTable, recordOf, touch } from './tables.ts';

type Operation = NonNullable<EngineResult['ddlOperation']>;

function done(statementType: string, ddlOperation: Operation, ddlTarget?: TableId): EngineResult {
  return {
    statementType,
    rows: [],
    ddlOperation,
    ...(ddlTarget === undefined ? {} : { ddlTarget }),
    totalBytesProcessed: 0,
    referencedTables: [],
  };
}

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

function columnField(column: ColumnDefinition, context: PrintContext): TableField {
  if (column.dataType === undefined) throw unsupported('columns without a type');
  const field = fieldOfDataType(column.name.name, column.dataType);
  const description = textOption(column.options, 'description', context);
  return {
    ...field,
    ...(column.notNull ? { mode: 'REQUIRED' } : {}),
    ...(description === undefined ? {} : { description }),
    ...(column.defaultValue === undefined
      ? {}
      : {
          defaultValueExpression: context.text.slice(
            column.defaultValue.range.start,
            column.defaultValue.range.end,
          ),
        }),
  };
}

function option(options: readonly Option[], name: string): Option | undefined {
  return options.find((candidate) => sameText(candidate.name.name, name));
}

function textOption(options: readonly Option[], name: string, context: PrintContext): string | undefined {
  const found = option(options, name);
  return found === undefined ? undefined : literalText(printExpression(found.value, rootScope(context)));
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

function commonSettings(options: readonly Option[], context: PrintContext): Partial<NewTable> {
  const description = textOption(options, 'description', context);
  const friendlyName = textOption(options, 'friendly_name', context);
  const labels = labelsOption(options, context);
  return {
    ...(description === undefined ? {} : { description }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function labelsOption(
  options: readonly Option[],
  context: PrintContext,
): Readonly<Record<string, string>> | undefined {
  const found = option(options, 'labels');
  if (found === undefined) return undefined;
  const value = printExpression(found.value, rootScope(context));
  const pairs = value.parts?.map((pair) => pair.parts?.map((part) => literalText(part)) ?? []) ?? [];
  return Object.fromEntries(pairs.map(([key, text]) => [key ?? '', text ?? '']));
}

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

async function dropSchema(statement: Drop, session: Session, statementType: string): Promise<EngineResult> {
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

async function dropFunction(statement: Drop, session: Session, statementType: string): Promise<EngineResult> {
  const context = contextOf(session);
  const id = context.store.tableId(statement.name, context);
  const found = context.store.routine(statement.name, context) !== undefined;
  if (!found && !statement.ifExists)
    throw new EngineError('notFound', `Not found: Routine ${id.projectId}:${id.datasetId}.${id.tableId}`);
  if (found && session.request.dryRun !== true) session.store.removeRoutine(id);
  return done(statementType, found ? 'DROP' : 'SKIP', id);
}

export async function runAlterTable(statement: AlterTable, session: Session): Promise<EngineResult> {
  const context = contextOf(session);
  const id = context.store.tableId(statement.name, context);
  const table = session.store.findTable(id);
  if (table === undefined) {
    if (statement.ifExists) return done('ALTER_TABLE', 'SKIP', id);
    throw session.store.missingTable(id);
  }
  const other = statement.actions.find((action) => action.type === 'other');
  if (other?.type === 'other') throw unsupported(`ALTER TABLE ${other.text}`);
  if (session.request.dryRun === true) return done('ALTER_TABLE', 'ALTER', id);
  let current = table;
  for (const action of statement.actions) current = await alter(current, action, session, context);
  return done('ALTER_TABLE', 'ALTER', id);
}

async function alter(
  table: StoredTable,
  action: AlterAction,
  session: Session,
  context: PrintContext,
): Promise<StoredTable> {
  switch (action.type) {
    case 'addColumn': {
      const exists = table.columns.some(({ field }) => sameText(field.name, action.column.name.name));
      if (exists && action.ifNotExists) return table;
      if (exists)
        throw failAt(context, action.column.range, `Column already exists: ${action.column.name.name}`);
      if (action.column.notNull)
        throw invalidQuery(
          `Cannot add required columns to an existing schema. Field ${action.column.name.name}`,
        );
      return addColumn(table, columnField(action.column, context), session, context);
    }
    case 'dropColumn': {
      const column = table.columns.find(({ field }) => sameText(field.name, action.column.name));
      if (column === undefined && action.ifExists) return table;
      if (column === undefined)
        throw failAt(context, action.column.range, `Column not found: ${action.column.name}`);
      if (table.columns.length === 1) throw invalidQuery('Cannot drop the only column of a table');
      await session.database.run(`ALTER TABLE ${table.physical} DROP COLUMN ${column.physical}`);
      return withColumns(
        table,
        table.columns.filter((candidate) => candidate !== column),
        session,
      );
    }
    case 'renameColumn': {
      const column = table.columns.find(({ field }) => sameText(field.name, action.from.name));
      if (column === undefined)
        throw failAt(context, action.from.range, `Column not found: ${action.from.name}`);
      const renamed = { ...column, field: { ...column.field, name: action.to.name } };
      return withColumns(
        table,
        table.columns.map((candidate) => (candidate === column ? renamed : candidate)),
        session,
      );
    }
    case 'renameTable': {
      const id: TableId = { ...idOf(table), tableId: action.to.at(-1)?.name ?? '' };
      if (session.store.findTable(id) !== undefined) throw alreadyExists(id);
      session.store.removeTable(table.record);
      const renamed = { ...table, record: { ...table.record, tableId: id.tableId } };
      session.store.putTable(renamed);
      return touch(session.store, renamed, session.now());
    }
    case 'other':
      throw unsupported(`ALTER TABLE ${action.text}`);
    default:
      return assertNever(action);
  }
}

/** New columns are NULL (arrays empty) in the rows there are. */
export async function addColumn(
  table: StoredTable,
  field: TableField,
  session: Session,
  context: PrintContext,
): Promise<StoredTable> {
  const physical = session.store.nextName('c');
  const type = physicalType(fieldSqlType(field));
  await session.database.run(`ALTER TABLE ${table.physical} ADD COLUMN ${physical} ${type}`);
  if (field.mode === 'REPEATED')
    await session.database.run(
      `UPDATE ${table.physical} SET ${physical} = ${defaultValue({ field, physical }, rootScope(context))}`,
    );
  return withColumns(table, [...table.columns, { field, physical }], session);
}

function withColumns(table: StoredTable, columns: StoredTable['columns'], session: Session): StoredTable {
  const record = { ...table.record, schema: columns.map(({ field }) => field) };
  return touch(session.store, table, session.now(), { record, columns });
}
