import type {
  Assignment,
  Delete,
  Insert,
  InsertSource,
  Name,
  TableReference,
  Truncate,
  Update,
} from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { invalidQuery, unsupported } from '../engine-error.ts';
import { printCondition } from '../print/conditional.ts';
import { failAt, newTrace, type PrintContext } from '../print/context.ts';
import { printExpression } from '../print/expression.ts';
import { printFrom } from '../print/from.ts';
import { printQuery } from '../print/query.ts';
import { outputName, rootScope, sameText, type Scope, type Source } from '../print/scope.ts';
import { findTable } from '../print/table.ts';
import { quote, type Typed } from '../print/typed.ts';
import type { StoredColumn, StoredTable } from '../store/stored-table.ts';
import { fieldOf, fieldSqlType } from '../type/field-type.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { typeText } from '../type/sql-type.ts';
import { parse } from '../parse.ts';
import { assigned } from './assign.ts';
import { checkMoments, idOf, readFacts } from './query.ts';
import { contextOf, type Session } from './session.ts';
import { touch } from './tables.ts';

type Counts = NonNullable<EngineResult['dml']>;

/** The table that a statement changes, as a FROM item beside its row id. */
export interface Target {
  readonly table: StoredTable;
  readonly alias: string;
  readonly source: Source;
}

export function targetOf(reference: TableReference, context: PrintContext): Target {
  const table = findTable(reference.path, context);
  if (table.record.type !== 'TABLE')
    throw invalidQuery(`Cannot modify ${table.record.tableId}, which is a view`);
  const alias = context.trace.fresh('t');
  const columns = table.columns.map(({ field, physical }) => ({
    name: field.name,
    sql: `${alias}.${physical}`,
    type: fieldSqlType(field),
  }));
  const name = reference.alias?.name ?? reference.path.at(-1)?.name;
  return { table, alias, source: { ...(name === undefined ? {} : { alias: name }), columns } };
}

export function columnNamed(table: StoredTable, name: Name, context: PrintContext): StoredColumn {
  const column = table.columns.find(({ field }) => sameText(field.name, name.name));
  if (column === undefined) {
    throw failAt(
      context,
      name.range,
      `Column ${name.name} is not present in table ${table.record.datasetId}.${table.record.tableId}`,
    );
  }
  return column;
}

/** What a statement did, once its DuckDB statements ran. */
export async function changed(
  session: Session,
  context: PrintContext,
  table: StoredTable,
  statementType: string,
  counts: Partial<Counts>,
): Promise<EngineResult> {
  const after = touch(session.store, table, session.now());
  if (session.temporaryTables.get(table.record.tableId.toLowerCase())?.physical === table.physical) {
    session.temporaryTables.set(table.record.tableId.toLowerCase(), after);
  }
  const facts = await readFacts(context.trace, session);
  return {
    statementType,
    rows: [],
    dml: { insertedRowCount: 0, updatedRowCount: 0, deletedRowCount: 0, ...counts },
    ...facts,
    referencedTables: [idOf(table), ...facts.referencedTables],
  };
}

/** A dry run of a change: everything is printed and bound, nothing runs. */
export async function rehearsed(
  session: Session,
  context: PrintContext,
  table: StoredTable,
  statementType: string,
  sql: string,
): Promise<EngineResult> {
  await session.database.check(sql);
  const facts = await readFacts(context.trace, session);
  return { statementType, rows: [], ...facts, referencedTables: [idOf(table), ...facts.referencedTables] };
}

async function affected(session: Session, sql: string): Promise<number> {
  const [row] = await session.database.rows(sql);
  return Number(row?.[0] ?? 0);
}

/** Clauses of GoogleSQL that BigQuery does not have. */
function refuseForeign({ rowCount, returning }: Insert | Update | Delete): void {
  if (rowCount !== undefined) throw unsupported('ASSERT_ROWS_MODIFIED');
  if (returning !== undefined) throw unsupported('THEN RETURN');
}

export async function runInsert(statement: Insert, session: Session): Promise<EngineResult> {
  refuseForeign(statement);
  if (statement.mode !== undefined) throw unsupported(`INSERT ${statement.mode}`);
  const context = contextOf(session);
  const { table } = targetOf(statement.target, context);
  const scope = rootScope(context);
  const columns = statement.columns?.map((name) => columnNamed(table, name, context)) ?? table.columns;
  const select = insertSelect(statement.source, columns, table, scope, statement);
  await checkMoments(context.trace, session);
  const sql = `INSERT INTO ${table.physical} ${select}`;
  if (session.request.dryRun === true) return rehearsed(session, context, table, 'INSERT', sql);
  const insertedRowCount = await affected(session, sql);
  return changed(session, context, table, 'INSERT', { insertedRowCount });
}

function insertSelect(
  source: InsertSource,
  columns: readonly StoredColumn[],
  table: StoredTable,
  scope: Scope,
  statement: Insert,
): string {
  if (source.type === 'row') throw invalidQuery('INSERT ROW is only allowed in MERGE');
  if (source.type === 'query') return insertQuery(source.query, columns, table, scope);
  const rows = source.rows.map((row) => {
    if (row.length !== columns.length) {
      throw failAt(
        scope.context,
        statement.range,
        `Inserted row has wrong column count; Has ${row.length}, expected ${columns.length}`,
      );
    }
    return `(${rowValues(row, columns, table, scope).join(', ')})`;
  });
  return `VALUES ${rows.join(', ')}`;
}

/** The values of one row in the order of the table; columns that are not named take their default. */
export function rowValues(
  row: readonly Parameters<typeof printExpression>[0][],
  columns: readonly StoredColumn[],
  table: StoredTable,
  scope: Scope,
): string[] {
  return table.columns.map((column) => {
    const at = columns.findIndex((candidate) => candidate.physical === column.physical);
    const node = row[at];
    if (node === undefined || node.type === 'default') return defaultValue(column, scope);
    return assigned(printExpression(node, scope), column.field, scope, node.range);
  });
}

export function defaultValue({ field }: StoredColumn, scope: Scope): string {
  const text = field.defaultValueExpression;
  if (text === undefined)
    return assigned({ sql: 'NULL', type: { kind: 'null' } }, field, scope, { start: 0, end: 0 });
  const [statement] = parse(`SELECT ${text}`).statements;
  const item =
    statement?.type === 'queryStatement' && statement.query.body.type === 'select'
      ? statement.query.body.items[0]
      : undefined;
  if (item?.type !== 'selectExpression') throw unsupported(`the default value of ${field.name}`);
  return assigned(printExpression(item.value, rootScope(scope.context)), field, scope, { start: 0, end: 0 });
}

function insertQuery(
  query: Parameters<typeof printQuery>[0],
  columns: readonly StoredColumn[],
  table: StoredTable,
  scope: Scope,
): string {
  const printed = printQuery(query, scope);
  if (printed.columns.length !== columns.length) {
    throw failAt(
      scope.context,
      query.range,
      `Inserted row has wrong column count; Has ${printed.columns.length}, expected ${columns.length}`,
    );
  }
  const alias = scope.context.trace.fresh('q');
  const values = table.columns.map((column) => {
    const at = columns.findIndex((candidate) => candidate.physical === column.physical);
    const output = printed.columns[at];
    if (output === undefined) return defaultValue(column, scope);
    return assigned(
      { sql: `${alias}.${outputName(at)}`, type: output.type },
      column.field,
      scope,
      query.range,
    );
  });
  return `SELECT ${values.join(', ')} FROM (${printed.sql}) AS ${alias}`;
}

export async function runUpdate(statement: Update, session: Session): Promise<EngineResult> {
  refuseForeign(statement);
  const context = contextOf(session);
  const target = targetOf(statement.target, context);
  const { table, alias } = target;
  readAll(table, context);
  const outer = rootScope(context);
  const from = statement.from === undefined ? undefined : printFrom(statement.from, outer, [target.source]);
  const scope: Scope = { ...outer, sources: [target.source, ...(from?.sources ?? [])] };
  if (statement.where === undefined) throw invalidQuery('UPDATE must have a WHERE clause');
  const where = printCondition(statement.where, scope, 'WHERE clause');
  const values = assignments(statement.assignments, table, scope);
  const list = values.map(([, sql], index) => `${sql} AS v${index + 1}`).join(', ');
  const select = `SELECT ${alias}.rowid AS id, ${list} FROM ${table.physical} AS ${alias}${from === undefined ? '' : ` CROSS JOIN ${from.sql}`} WHERE ${where}`;
  if (session.request.dryRun === true) return rehearsed(session, context, table, 'UPDATE', select);
  await checkMoments(context.trace, session);
  const updatedRowCount = await staged(session, select, async (stage) => {
    await onlyOneMatch(session, stage, 'UPDATE');
    await session.database.run(
      updateSql(
        table,
        stage,
        values.map(([column]) => column),
      ),
    );
  });
  return changed(session, context, table, 'UPDATE', { updatedRowCount });
}

export function updateSql(table: StoredTable, stage: string, columns: readonly StoredColumn[]): string {
  const sets = columns.map((column, index) => `${column.physical} = ${stage}.v${index + 1}`);
  return `UPDATE ${table.physical} SET ${sets.join(', ')} FROM ${stage} WHERE ${table.physical}.rowid = ${stage}.id`;
}

/** Each column once, with its new value; a nested field is set inside its struct. */
export function assignments(
  items: readonly Assignment[],
  table: StoredTable,
  scope: Scope,
): readonly (readonly [StoredColumn, string])[] {
  const columns = new Map<StoredColumn, Assignment[]>();
  for (const item of items) {
    const path =
      item.column.length > 1 && sameText(scope.sources[0]?.alias, item.column[0].name)
        ? item.column.slice(1)
        : item.column;
    const [first] = path;
    if (first === undefined) continue;
    const column = columnNamed(table, first, scope.context);
    columns.set(column, [...(columns.get(column) ?? []), { ...item, column: [first, ...path.slice(1)] }]);
  }
  return [...columns].map(([column, changes]) => [column, newValue(column, changes, scope)] as const);
}

function newValue(column: StoredColumn, changes: readonly Assignment[], scope: Scope): string {
  const [first, ...more] = changes;
  if (first === undefined) return 'NULL';
  if (first.column.length === 1) {
    if (more.length > 0)
      throw failAt(scope.context, first.range, `Update item ${column.field.name} assigned more than once`);
    if (first.value.type === 'default') return defaultValue(column, scope);
    return assigned(printExpression(first.value, scope), column.field, scope, first.value.range);
  }
  const current = scope.sources[0]?.columns.find((candidate) => sameText(candidate.name, column.field.name));
  const start: Typed = { sql: current?.sql ?? 'NULL', type: fieldSqlType(column.field) };
  return changes.reduce((value, change) => withField(value, change.column.slice(1), change, scope), start)
    .sql;
}

function withField(value: Typed, path: readonly Name[], change: Assignment, scope: Scope): Typed {
  const [name, ...rest] = path;
  const { type } = value;
  if (name === undefined) {
    return {
      sql: assigned(
        printExpression(change.value, scope),
        { name: '', ...fieldLike(type) },
        scope,
        change.range,
      ),
      type,
    };
  }
  if (type.kind !== 'struct')
    throw failAt(
      scope.context,
      name.range,
      `Cannot access field ${name.name} on a value that is not a STRUCT`,
    );
  const fields = type.fields.map((field, index) => {
    const inner: Typed = { sql: `struct_extract(${value.sql}, '${physicalField(index)}')`, type: field.type };
    return `${physicalField(index)} := ${sameText(field.name, name.name) ? withField(inner, rest, change, scope).sql : inner.sql}`;
  });
  const failure = `CASE WHEN bq_raise_boolean(${quote(`Cannot set field of NULL ${typeText(type)}`)}) THEN ${value.sql} END`;
  const packed = `CAST(struct_pack(${fields.join(', ')}) AS ${physicalType(type)})`;
  return { sql: `(CASE WHEN ${value.sql} IS NULL THEN ${failure} ELSE ${packed} END)`, type };
}

function fieldLike(type: Typed['type']): Omit<ReturnType<typeof fieldOf>, 'name'> {
  const { name: _, ...field } = fieldOf('', type);
  return field;
}

export async function runDelete(statement: Delete, session: Session): Promise<EngineResult> {
  refuseForeign(statement);
  const context = contextOf(session);
  const target = targetOf(statement.target, context);
  const { table, alias } = target;
  readAll(table, context);
  if (statement.where === undefined) throw invalidQuery('DELETE must have a WHERE clause');
  const where = printCondition(
    statement.where,
    { ...rootScope(context), sources: [target.source] },
    'WHERE clause',
  );
  const sql = `DELETE FROM ${table.physical} WHERE rowid IN (SELECT ${alias}.rowid FROM ${table.physical} AS ${alias} WHERE ${where})`;
  if (session.request.dryRun === true) return rehearsed(session, context, table, 'DELETE', sql);
  await checkMoments(context.trace, session);
  return changed(session, context, table, 'DELETE', { deletedRowCount: await affected(session, sql) });
}

export async function runTruncate(statement: Truncate, session: Session): Promise<EngineResult> {
  const context = { ...contextOf(session), trace: newTrace() };
  const { table } = targetOf(statement.target, context);
  const sql = `DELETE FROM ${table.physical}`;
  if (session.request.dryRun === true) return rehearsed(session, context, table, 'TRUNCATE_TABLE', sql);
  return changed(session, context, table, 'TRUNCATE_TABLE', {
    deletedRowCount: await affected(session, sql),
  });
}

/** UPDATE, DELETE and MERGE read all of the rows they look at. */
export function readAll(table: StoredTable, context: PrintContext): void {
  context.trace.reads.set(table, new Set(table.columns.map(({ field }) => field.name)));
}

/** Puts the rows of a SELECT aside, works with them, and says how many they were. */
export async function staged(
  session: Session,
  select: string,
  work: (stage: string) => Promise<void>,
): Promise<number> {
  const stage = session.store.nextName('stage');
  await session.database.run(`CREATE TEMP TABLE ${stage} AS ${select}`);
  try {
    const [row] = await session.database.rows(`SELECT count(*) FROM ${stage}`);
    await work(stage);
    return Number(row?.[0] ?? 0);
  } finally {
    await session.database.run(`DROP TABLE IF EXISTS ${stage}`).catch(() => undefined);
  }
}

export async function onlyOneMatch(session: Session, stage: string, statement: string): Promise<void> {
  const [row] = await session.database.rows(`SELECT count(*) - count(DISTINCT id) FROM ${stage}`);
  if (Number(row?.[0] ?? 0) > 0)
    throw invalidQuery(`${statement} must match at most one source row for each target row`);
}
