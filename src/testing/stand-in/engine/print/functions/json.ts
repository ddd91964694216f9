import type { Call } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { arrayOf, bool, isScalar, json, string, type SqlType } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import { printExpression } from '../expression.ts';
import type { Scope } from '../scope.ts';
import { quote, type Typed } from '../typed.ts';
import {
  functionName,
  mismatch,
  one,
  overloads,
  printArguments,
  signature,
  type FunctionTable,
  type Handler,
} from './signature.ts';
import { jsonText } from './to-json.ts';

/** The first argument may be JSON or a STRING that holds JSON; the path may be missing. */
const reading =
  (name: string, type: (of: SqlType) => SqlType): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [document, path] = values;
    const source = document?.type.kind === 'null' ? coerce(document, string) : document;
    const pathText = path === undefined ? quote('$') : coerce(path, string)?.sql;
    if (
      source === undefined ||
      !isScalar(source.type, 'JSON', 'STRING') ||
      pathText === undefined ||
      values.length > 2
    ) {
      throw mismatch(call, values, scope);
    }
    return { sql: `bq_${name}(${source.sql}, ${pathText})`, type: type(source.type) };
  };

const asString = (): SqlType => string;
const asStrings = (): SqlType => arrayOf(string);
const same = (type: SqlType): SqlType => type;

/** TO_JSON, PARSE_JSON and the like take options by name, known when the query is written. */
function namedOption(call: Call, name: string, scope: Scope): Typed | undefined {
  const argument = call.arguments.find((candidate) => candidate.name?.name.toLowerCase() === name);
  return argument?.value.type === 'expression'
    ? printExpression(argument.value.expression, scope)
    : undefined;
}

function positional(call: Call, scope: Scope): Typed[] {
  return printArguments(
    { ...call, arguments: call.arguments.filter((argument) => argument.name === undefined) },
    scope,
  );
}

const parse: Handler = (call, scope) => {
  const values = positional(call, scope);
  const text = values[0] && coerce(values[0], string);
  if (text === undefined || values.length !== 1) throw mismatch(call, values, scope);
  const mode = namedOption(call, 'wide_number_mode', scope)?.sql ?? quote('exact');
  return { sql: `bq_json_normal(${text.sql}, ${mode})`, type: json };
};

const toJson: Handler = (call, scope) => {
  const values = positional(call, scope);
  const [value] = values;
  if (value === undefined || values.length !== 1) throw mismatch(call, values, scope);
  if (call.arguments.length > 1) throw unsupported('TO_JSON with options');
  return { sql: jsonOf(value), type: json };
};

function jsonOf(value: Typed): string {
  return `COALESCE(bq_json_normal(${jsonText(value, 'value')}, 'exact'), 'null')`;
}

const toJsonString: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const [value, pretty] = values;
  if (value === undefined || values.length > 2) throw mismatch(call, values, scope);
  const text = `COALESCE(${jsonText(value, 'text')}, 'null')`;
  if (pretty === undefined) return { sql: text, type: string };
  const wanted = coerce(pretty, bool);
  if (wanted === undefined) throw mismatch(call, values, scope);
  return { sql: `(CASE WHEN ${wanted.sql} THEN bq_json_pretty(${text}) ELSE ${text} END)`, type: string };
};

const jsonArray: Handler = (call, scope) => {
  const items = printArguments(call, scope).map((value) => jsonOf(value));
  return {
    sql: items.length === 0 ? quote('[]') : `('[' || ${items.join(" || ',' || ")} || ']')`,
    type: json,
  };
};

const jsonObject: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  if (values.length % 2 === 1) throw mismatch(call, values, scope);
  const members = values.flatMap((key, index) => {
    const value = values[index + 1];
    if (index % 2 === 1 || value === undefined) return [];
    const name = coerce(key, string);
    if (name === undefined) throw unsupported('JSON_OBJECT from arrays');
    return [`bq_json_text(${name.sql}) || ':' || ${jsonOf(value)}`];
  });
  const text = members.length === 0 ? quote('{}') : `('{' || ${members.join(" || ',' || ")} || '}')`;
  return { sql: `bq_json_normal(${text}, 'exact')`, type: json };
};

const jsonSet: Handler = (call, scope) => {
  const [document, ...rest] = printArguments(call, scope);
  if (document === undefined || !isScalar(document.type, 'JSON') || rest.length % 2 === 1) {
    throw mismatch(call, document === undefined ? rest : [document, ...rest], scope);
  }
  let sql = document.sql;
  for (let index = 0; index < rest.length; index += 2) {
    const [path, value] = [rest[index], rest[index + 1]];
    if (path === undefined || value === undefined) break;
    sql = `bq_json_set(${sql}, ${path.sql}, ${jsonOf(value)})`;
  }
  return { sql, type: json };
};

const jsonRemove: Handler = (call, scope) => {
  const [document, ...paths] = printArguments(call, scope);
  if (document === undefined || !isScalar(document.type, 'JSON') || paths.length === 0)
    throw mismatch(call, paths, scope);
  return {
    sql: paths.reduce((sql, path) => `bq_json_remove(${sql}, ${path.sql})`, document.sql),
    type: json,
  };
};

const jsonKeys: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const [document] = values;
  if (document === undefined || !isScalar(document.type, 'JSON')) throw mismatch(call, values, scope);
  if (values.length > 1) throw unsupported(`${functionName(call)} with options`);
  return { sql: `bq_json_keys(${document.sql})`, type: arrayOf(string) };
};

export const jsonFunctions: FunctionTable = {
  JSON_VALUE: reading('json_value', asString),
  JSON_QUERY: reading('json_query', same),
  JSON_QUERY_ARRAY: reading('json_query_array', arrayOf),
  JSON_VALUE_ARRAY: reading('json_value_array', asStrings),
  JSON_EXTRACT: reading('json_extract', same),
  JSON_EXTRACT_SCALAR: reading('json_scalar', asString),
  JSON_EXTRACT_ARRAY: reading('json_extract_array', arrayOf),
  JSON_EXTRACT_STRING_ARRAY: reading('json_extract_string_array', asStrings),
  JSON_TYPE: one('JSON -> STRING', (value) => `bq_json_type(${value})`),
  JSON_KEYS: jsonKeys,
  JSON_ARRAY: jsonArray,
  JSON_OBJECT: jsonObject,
  JSON_SET: jsonSet,
  JSON_REMOVE: jsonRemove,
  JSON_STRIP_NULLS: one('JSON -> JSON', (value) => `bq_json_strip_nulls(${value})`),
  PARSE_JSON: parse,
  TO_JSON: toJson,
  TO_JSON_STRING: toJsonString,
  INT64: one('JSON -> INT64', (value) => `bq_json_to_int64(${value})`),
  FLOAT64: one('JSON -> FLOAT64', (value) => `bq_json_to_float64(${value})`),
  BOOL: one('JSON -> BOOL', (value) => `bq_json_to_bool(${value})`),
  LAX_INT64: one('JSON -> INT64', (value) => `bq_lax_int64(${value})`),
  LAX_FLOAT64: one('JSON -> FLOAT64', (value) => `bq_lax_float64(${value})`),
  LAX_BOOL: one('JSON -> BOOL', (value) => `bq_lax_bool(${value})`),
  LAX_STRING: one('JSON -> STRING', (value) => `bq_lax_string(${value})`),
  STRING: overloads(
    signature('JSON -> STRING', (value) => `bq_json_to_string(${value})`),
    signature('TIMESTAMP -> STRING', (value) => `bq_timestamp_text(epoch_us(${value}), 'UTC')`),
    signature(
      'TIMESTAMP, STRING -> STRING',
      (value, zone) => `bq_timestamp_text(epoch_us(${value}), ${zone})`,
    ),
    signature(
      'DATE -> STRING',
      (value) => `bq_format_date('%F', epoch_us(CAST(${value} AS TIMESTAMP)), 'UTC')`,
    ),
    signature('DATETIME -> STRING', (value) => `bq_datetime_text(epoch_us(${value}))`),
    signature('TIME -> STRING', (value) => `bq_time_text(epoch_us(${value}))`),
  ),
};
