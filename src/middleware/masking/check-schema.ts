import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import type { OutputColumn } from '../../sql/facts.ts';
import { answersType, fieldsOfType } from './answers-type.ts';

/** What was analysed of an output column. */
export type AnalysedColumn = Pick<OutputColumn, 'name' | 'type' | 'plain'>;

/**
 * The answer must have the columns that were analysed, before the first row is handed out: a table that changed
 * in between could bring in columns that nobody judged.
 */
export function checkSchema(
  call: Call,
  result: Result,
  columns: readonly AnalysedColumn[] | undefined,
): void {
  const fields = fieldsOf(result.body);
  if (columns === undefined || fields === undefined || !hasRows(result.body)) return;
  if (areColumns(fields, columns) || areColumns(fields, fieldsOfValue(columns))) return;
  const error = new GuardError(
    'ERR_SQL_UNPROVEN',
    'The answer has other columns than were analysed; a table has changed in the meantime. Ask again.',
    { callId: call.id, reasons: [{ rule: 'schema', message: 'the schema of the answer differs' }] },
  );
  changed.add(error);
  throw error;
}

const changed = new WeakSet<object>();

/** Whether a call was refused because a table has changed since it was analysed. */
export function isSchemaChange(error: unknown): boolean {
  return typeof error === 'object' && error !== null && changed.has(error);
}

function fieldsOf(body: Json): readonly Json[] | undefined {
  const schema = isJsonObject(body) ? body['schema'] : undefined;
  const fields = isJsonObject(schema) ? schema['fields'] : undefined;
  return Array.isArray(fields) ? fields : undefined;
}

function hasRows(body: Json): boolean {
  const rows = isJsonObject(body) ? body['rows'] : undefined;
  return Array.isArray(rows) && rows.length > 0;
}

function areColumns(fields: readonly Json[], columns: readonly AnalysedColumn[]): boolean {
  return fields.length === columns.length && fields.every((field, index) => isColumn(field, columns[index]));
}

/** The columns of `SELECT AS STRUCT` and `SELECT AS VALUE` are the fields of the value. */
function fieldsOfValue(columns: readonly AnalysedColumn[]): readonly AnalysedColumn[] {
  const [only] = columns;
  if (columns.length !== 1 || only?.name !== '' || only.type?.startsWith('STRUCT<') !== true) return columns;
  return fieldsOfType(only.type);
}

function isColumn(field: Json, column: AnalysedColumn | undefined): boolean {
  return column !== undefined && isNamed(field, column.name) && answersType(field, column);
}

/** BigQuery makes up the names of columns that have none. */
function isNamed(field: Json, name: string): boolean {
  if (!isJsonObject(field) || typeof field['name'] !== 'string') return false;
  return name === '' ? /^f\d+_$/.test(field['name']) : field['name'].toLowerCase() === name.toLowerCase();
}
