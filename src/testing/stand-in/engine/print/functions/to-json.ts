import { assertNever } from '../../../../../sql/assert-never.ts';
import { unsupported } from '../../engine-error.ts';
import { physicalField } from '../../type/physical-type.ts';
import { textOf } from '../cast.ts';
import { microsOfTime } from '../literal.ts';
import { quote, type Typed } from '../typed.ts';

/** `text` as TO_JSON_STRING writes numbers too wide for a double, `value` as TO_JSON does. */
export type JsonStyle = 'text' | 'value';

/** A value as JSON text, by its type; NULL stays NULL at this level. */
export function jsonText(value: Typed, style: JsonStyle): string {
  const { type, sql } = value;
  if (type.kind === 'null') return 'CAST(NULL AS VARCHAR)';
  if (type.kind === 'array') {
    const element = `COALESCE(${jsonText({ sql: 'e', type: type.element }, style)}, 'null')`;
    return `('[' || array_to_string(list_transform(${sql}, lambda e: ${element}), ',') || ']')`;
  }
  if (type.kind === 'struct') return structText(value, style);
  switch (type.name) {
    case 'BOOL':
      return `CAST(${sql} AS VARCHAR)`;
    case 'INT64':
      return style === 'text' ? `bq_json_integer(${sql})` : `CAST(${sql} AS VARCHAR)`;
    case 'FLOAT64':
      return `bq_json_float(${sql})`;
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return style === 'text' ? `bq_json_decimal(${textOf(value)})` : `${textOf(value)}`;
    case 'JSON':
      return sql;
    case 'BYTES':
      return `('"' || bq_to_base64(${sql}) || '"')`;
    case 'DATETIME':
      return `('"' || bq_datetime_json(epoch_us(${sql})) || '"')`;
    case 'TIMESTAMP':
      return `('"' || bq_datetime_json(${microsOfTime(value)}) || 'Z"')`;
    case 'INTERVAL':
    case 'GEOGRAPHY':
      throw unsupported(`${type.name} in JSON`);
    case 'STRING':
    case 'DATE':
    case 'TIME':
      return `bq_json_text(${textOf(value)})`;
    default:
      return assertNever(type.name);
  }
}

function structText(value: Typed, style: JsonStyle): string {
  if (value.type.kind !== 'struct') return 'NULL';
  const members = value.type.fields.map(({ name, type }, index) => {
    const field: Typed = { sql: `struct_extract(${value.sql}, '${physicalField(index)}')`, type };
    return `${quote(`${JSON.stringify(name ?? '')}:`)} || COALESCE(${jsonText(field, style)}, 'null')`;
  });
  const text = `'{' || ${members.join(" || ',' || ")} || '}'`;
  return `(CASE WHEN ${value.sql} IS NULL THEN NULL ELSE ${text} END)`;
}
