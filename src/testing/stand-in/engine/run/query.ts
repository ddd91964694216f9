import type { Query } from '../../../../sql/ast/index.ts';
import type { Row } from '../duckdb/database.ts';
import type { EngineResult } from '../engine.ts';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import type { Trace } from '../print/context.ts';
import { printQuery } from '../print/query.ts';
import { outputName, rootScope, type Output } from '../print/scope.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { TableId } from '../table.ts';
import { fieldOf } from '../type/field-type.ts';
import { physicalField } from '../type/physical-type.ts';
import { isScalar, settle, type SqlType } from '../type/sql-type.ts';
import type { WireRow } from '../wire.ts';
import { encodeCell } from './encode.ts';
import { contextOf, type Session } from './session.ts';
import { bytesOf } from './size.ts';

/** A query ready to run, with the columns that its answer has. */
export interface Prepared {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly trace: Trace;
}

export function prepareQuery(query: Query, session: Session): Prepared {
  const context = contextOf(session);
  const printed = printQuery(query, rootScope(context));
  const [only] = printed.columns;
  if (printed.isValue && only?.type.kind === 'struct') {
    const fields = only.type.fields.map(
      (_, index) => `struct_extract(v.c1, '${physicalField(index)}') AS ${outputName(index)}`,
    );
    return {
      sql: `SELECT ${fields.join(', ')} FROM (${printed.sql}) AS v`,
      columns: named(only.type.fields),
      trace: context.trace,
    };
  }
  return { sql: printed.sql, columns: named(printed.columns), trace: context.trace };
}

/** Columns without a name are `f0_`, `f1_`, …; two of one name cannot be answered. */
function named(outputs: readonly Output[]): Prepared['columns'] {
  let unnamed = 0;
  const columns = outputs.map(({ name, type }) => {
    if (name !== undefined) return { name, type: settle(type) };
    unnamed += 1;
    return { name: `f${unnamed - 1}_`, type: settle(type) };
  });
  const names = columns.map((column) => column.name.toLowerCase());
  const repeated = columns.find((column, index) => names.indexOf(column.name.toLowerCase()) !== index);
  if (repeated !== undefined) {
    throw invalidQuery(
      `Duplicate column names in the result are not supported. Found duplicate(s): ${repeated.name}`,
    );
  }
  return columns;
}

export async function runQuery(query: Query, session: Session): Promise<EngineResult> {
  const prepared = prepareQuery(query, session);
  await checkMoments(prepared.trace, session);
  const schema = prepared.columns.map(({ name, type }) => fieldOf(name, type));
  const facts = await readFacts(prepared.trace, session);
  if (session.request.dryRun === true) {
    await session.database.check(prepared.sql);
    return { statementType: 'SELECT', schema, rows: [], ...facts };
  }
  return { statementType: 'SELECT', schema, rows: await fetchRows(prepared, session), ...facts };
}

async function fetchRows({ sql, columns }: Prepared, session: Session): Promise<readonly WireRow[]> {
  const rows = await session.database.rows(sql);
  refuseOverflow(rows, columns, session);
  return rows.map((row) => ({
    f: columns.map(({ name, type }, index) => encodeCell(row[index] ?? null, type, name)),
  }));
}

/** DuckDB answers infinity where BigQuery fails; only a text that speaks of it may have it. */
function refuseOverflow(rows: readonly Row[], columns: Prepared['columns'], session: Session): void {
  if (/inf|ieee_divide/i.test(session.text)) return;
  const floats = columns.flatMap(({ type }, index) => (isScalar(type, 'FLOAT64') ? [index] : []));
  const isInfinite = (row: Row): boolean => floats.some((index) => isNonFinite(row[index]));
  if (floats.length > 0 && rows.some(isInfinite)) throw invalidQuery('Floating point overflow');
}

function isNonFinite(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

type Facts = Pick<EngineResult, 'totalBytesProcessed' | 'referencedTables'>;

export async function readFacts(trace: Trace, session: Session): Promise<Facts> {
  return {
    totalBytesProcessed: await bytesOf(session.database, trace.reads),
    referencedTables: [...trace.reads.keys()].map(idOf),
  };
}

export function idOf({ record }: StoredTable): TableId {
  return { projectId: record.projectId, datasetId: record.datasetId, tableId: record.tableId };
}

/** Only the present is kept, so FOR SYSTEM_TIME may name no moment before a table's last change. */
export async function checkMoments(trace: Trace, session: Session): Promise<void> {
  for (const { table, sql } of trace.moments) {
    const [row] = await session.database.rows(`SELECT epoch_us(${sql})`);
    const micros = row?.[0];
    if (typeof micros !== 'bigint') throw invalidQuery('FOR SYSTEM_TIME AS OF must not be NULL');
    const { record } = table;
    const name = `${record.projectId}:${record.datasetId}.${record.tableId}`;
    if (micros < BigInt(record.creationTime) * 1000n) {
      throw new EngineError(
        'invalidQuery',
        `Invalid snapshot time for table ${name}: it is before the table's creation time`,
        'query',
      );
    }
    if (micros < BigInt(record.lastModifiedTime) * 1000n)
      throw unsupported(`FOR SYSTEM_TIME AS OF a time before the last change of ${name}`);
    if (micros > BigInt(session.now().getTime() + 60_000) * 1000n) {
      throw invalidQuery('Invalid time travel timestamp: it is in the future');
    }
  }
}
