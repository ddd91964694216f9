import type { TableField } from '../stand-in/engine/engine.ts';

/** Fields, or the short form of the official client: `id:INTEGER,name:STRING`. */
export type Schema = string | readonly TableField[];

/** GoogleSQL's names of types that REST calls by other ones. */
const restNames: Readonly<Record<string, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
};

export function fieldsOf(schema: Schema): readonly TableField[] {
  return typeof schema === 'string' ? schema.split(',').map(shortField) : schema.map(restField);
}

function shortField(text: string): TableField {
  const [name = '', type = 'STRING'] = text.split(':').map((part) => part.trim());
  return restField({ name, type });
}

function restField(field: TableField): TableField {
  const type = field.type.toUpperCase();
  const nested = field.fields === undefined ? {} : { fields: field.fields.map(restField) };
  return { ...field, type: restNames[type] ?? type, mode: field.mode ?? 'NULLABLE', ...nested };
}
