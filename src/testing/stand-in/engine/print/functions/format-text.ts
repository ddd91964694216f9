import { assertNever } from '../../../../../sql/assert-never.ts';
import { unsupported } from '../../engine-error.ts';
import { physicalField } from '../../type/physical-type.ts';
import { textOf } from '../cast.ts';
import type { Typed } from '../typed.ts';

/** What `%t` and `%s` show. */
export function textForFormat(value: Typed): string {
  const { type, sql } = value;
  if (type.kind === 'null') return 'NULL';
  if (type.kind === 'array') return list(sql, textForFormat({ sql: 'e', type: type.element }));
  if (type.kind === 'struct') return struct(value, textForFormat);
  if (type.name === 'JSON') return sql;
  const text = textOf(value);
  if (text === undefined) throw unsupported(`FORMAT of ${type.name}`);
  return text;
}

/** What `%T` shows: the value as SQL would write it. */
export function literalForFormat(value: Typed): string {
  const { type, sql } = value;
  if (type.kind === 'null') return "'NULL'";
  if (type.kind === 'array') return list(sql, literalForFormat({ sql: 'e', type: type.element }));
  if (type.kind === 'struct') return struct(value, literalForFormat);
  switch (type.name) {
    case 'STRING':
      return `bq_quote(${sql})`;
    case 'BYTES':
      return `bq_quote_bytes(${sql})`;
    case 'FLOAT64':
      return `bq_float_literal(${sql})`;
    case 'NUMERIC':
    case 'BIGNUMERIC':
    case 'DATE':
    case 'DATETIME':
    case 'TIME':
    case 'TIMESTAMP':
      return `('${type.name} ' || bq_quote(${textForFormat(value)}))`;
    case 'JSON':
      return `('JSON ' || bq_quote(${sql}))`;
    case 'BOOL':
    case 'INT64':
    case 'INTERVAL':
    case 'GEOGRAPHY':
      return textForFormat(value);
    default:
      return assertNever(type.name);
  }
}

function list(sql: string, element: string): string {
  return `('[' || array_to_string(list_transform(${sql}, lambda e: COALESCE(${element}, 'NULL')), ', ') || ']')`;
}

function struct(value: Typed, show: (field: Typed) => string): string {
  if (value.type.kind !== 'struct') return 'NULL';
  const fields = value.type.fields.map(({ type }, index) => {
    const field: Typed = { sql: `struct_extract(${value.sql}, '${physicalField(index)}')`, type };
    return `COALESCE(${show(field)}, 'NULL')`;
  });
  return `('(' || ${fields.join(" || ', ' || ")} || ')')`;
}
