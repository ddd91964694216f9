import { assertNever } from '../../../../sql/assert-never.ts';
import type { AlterAction, AlterTable } from '../../../../sql/ast/index.ts';
import { invalidQuery, unsupported } from '../engine-error.ts';
import type { EngineResult } from '../engine.ts';
import { type PrintContext, failAt } from '../print/context.ts';
import { rootScope, sameText } from '../print/scope.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { TableField, TableId } from '../table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { done } from './ddl-result.ts';
import { columnField } from './definition.ts';
import { defaultValue } from './dml.ts';
import { idOf } from './query.ts';
import { type Session, contextOf } from './session.ts';
import { alreadyExists, touch } from './tables.ts';

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
