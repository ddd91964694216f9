import type { Query } from '../../../../sql/ast/index.ts';
import type { EngineResult } from '../engine.ts';
import { EngineError, invalidQuery } from '../engine-error.ts';
import { outputName } from '../print/scope.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { TableId } from '../table.ts';
import { fieldOf, fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { stored } from './assign.ts';
import { encodeCell } from './encode.ts';
import { checkMoments, prepareQuery, readFacts } from './query.ts';
import type { Session } from './session.ts';
import { alreadyExists, dropTable, makeTable, textOfId, touch } from './tables.ts';

/** A SELECT whose rows go to a table of the caller's choice. */
export async function runInto(query: Query, destination: TableId, session: Session): Promise<EngineResult> {
  const { store, database, request } = session;
  store.dataset(destination);
  const existing = store.findTable(destination);
  const disposition = request.writeDisposition ?? 'WRITE_EMPTY';
  if (existing === undefined && request.createDisposition === 'CREATE_NEVER')
    throw store.missingTable(destination);
  if (existing !== undefined && disposition === 'WRITE_EMPTY' && (await hasRows(existing, session)))
    throw alreadyExists(destination);
  const prepared = prepareQuery(query, session);
  await checkMoments(prepared.trace, session);
  const schema = prepared.columns.map(({ name, type }) => fieldOf(name, type));
  const facts = await readFacts(prepared.trace, session);
  const values = schema.map((field, index) =>
    stored({ sql: `q.${outputName(index)}`, type: fieldSqlType(field) }, field),
  );
  const select = `SELECT ${values.join(', ')} FROM (${prepared.sql}) AS q`;
  const made = await makeTable(store, database, { ...destination, schema }, session.now(), {
    select,
    isTemporary: true,
  });
  const rows = await database.rows(`SELECT * FROM ${made.physical} ORDER BY rowid`);
  if (existing !== undefined && disposition === 'WRITE_APPEND') await append(made, existing, session);
  else await replace(made, existing, session);
  const wire = rows.map((row) => ({
    f: prepared.columns.map(({ name, type }, index) => encodeCell(row[index] ?? null, type, name)),
  }));
  return { statementType: 'SELECT', schema, rows: wire, ...facts };
}

async function hasRows(table: StoredTable, { database }: Session): Promise<boolean> {
  return (await database.rows(`SELECT 1 FROM ${table.physical} LIMIT 1`)).length > 0;
}

async function replace(
  made: StoredTable,
  existing: StoredTable | undefined,
  session: Session,
): Promise<void> {
  if (existing !== undefined) await dropTable(session.store, session.database, existing);
  session.store.putTable(made);
}

async function append(made: StoredTable, existing: StoredTable, session: Session): Promise<void> {
  try {
    const values = existing.columns.map(({ field }) => {
      const from = made.columns.find(
        (column) => column.field.name.toLowerCase() === field.name.toLowerCase(),
      );
      if (from === undefined)
        return stored(
          { sql: `CAST(NULL AS ${physicalType(fieldSqlType(field))})`, type: fieldSqlType(field) },
          field,
        );
      if (physicalType(fieldSqlType(from.field)) !== physicalType(fieldSqlType(field))) {
        throw new EngineError(
          'invalid',
          `Provided Schema does not match Table ${textOfId(existing.record)}. Field ${field.name} has changed type from ${field.type} to ${from.field.type}`,
        );
      }
      return stored({ sql: from.physical, type: fieldSqlType(field) }, field);
    });
    const extra = made.columns.find(
      (column) =>
        !existing.columns.some(({ field }) => field.name.toLowerCase() === column.field.name.toLowerCase()),
    );
    if (extra !== undefined)
      throw invalidQuery(
        `Provided Schema does not match Table ${textOfId(existing.record)}. Cannot add fields (field: ${extra.field.name})`,
      );
    await session.database.run(
      `INSERT INTO ${existing.physical} SELECT ${values.join(', ')} FROM ${made.physical} ORDER BY rowid`,
    );
    touch(session.store, existing, session.now());
  } finally {
    await session.database.run(`DROP TABLE ${made.physical}`);
  }
}
