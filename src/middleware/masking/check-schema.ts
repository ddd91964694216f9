import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';

/**
 * The answer must have the columns that were analysed, before the first row is handed out: a table that changed
 * in between could bring in columns that nobody judged.
 */
export function checkSchema(call: Call, result: Result, names: readonly string[] | undefined): void {
  const fields = fieldsOf(result.body);
  if (names === undefined || fields === undefined || !hasRows(result.body)) return;
  const fits = fields.length === names.length && fields.every((field, index) => isNamed(field, names[index]));
  if (fits) return;
  throw new GuardError(
    'ERR_SQL_UNPROVEN',
    'The answer has other columns than were analysed; a table has changed in the meantime. Ask again.',
    { callId: call.id, reasons: [{ rule: 'schema', message: 'the schema of the answer differs' }] },
  );
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

/** BigQuery makes up the names of columns that have none. */
function isNamed(field: Json, name: string | undefined): boolean {
  if (!isJsonObject(field) || typeof field['name'] !== 'string' || name === undefined) return false;
  return name === '' ? /^f\d+_$/.test(field['name']) : field['name'].toLowerCase() === name.toLowerCase();
}
