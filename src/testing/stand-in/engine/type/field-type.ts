import { assertNever } from '../../../../sql/assert-never.ts';
import type { DataType } from '../../../../sql/ast/index.ts';
import { EngineError, unsupported } from '../engine-error.ts';
import type { FieldType, TableField } from '../table.ts';
import { scalarNamed, typeOf } from './data-type.ts';
import { arrayOf, scalar, structOf, type ScalarName, type SqlType } from './sql-type.ts';

const fieldTypes: Readonly<Record<ScalarName, FieldType>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BOOL: 'BOOLEAN',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
  JSON: 'JSON',
  INTERVAL: 'INTERVAL',
  GEOGRAPHY: 'GEOGRAPHY',
};

/** The type of a column as queries see it. */
export function fieldSqlType(field: TableField): SqlType {
  const element = elementType(field);
  return field.mode === 'REPEATED' ? arrayOf(element) : element;
}

function elementType(field: TableField): SqlType {
  const upper = field.type.toUpperCase();
  if (upper === 'RECORD' || upper === 'STRUCT') {
    return structOf((field.fields ?? []).map((inner) => ({ name: inner.name, type: fieldSqlType(inner) })));
  }
  if (upper === 'RANGE') throw unsupported('the type RANGE');
  const name = scalarNamed(upper);
  if (name === undefined)
    throw new EngineError('invalid', `Invalid value for type: ${field.type} is not a valid value`);
  return scalar(name);
}

/** The schema entry of an output column or struct field. */
export function fieldOf(name: string, type: SqlType): TableField {
  switch (type.kind) {
    case 'array':
      return { ...fieldOf(name, type.element), mode: 'REPEATED' };
    case 'struct':
      return { name, type: 'RECORD', mode: 'NULLABLE', fields: type.fields.map(innerField) };
    case 'scalar':
      return { name, type: fieldTypes[type.name], mode: 'NULLABLE' };
    case 'null':
      return { name, type: 'INTEGER', mode: 'NULLABLE' };
    default:
      return assertNever(type);
  }
}

function innerField(field: { readonly name?: string; readonly type: SqlType }, index: number): TableField {
  return fieldOf(field.name ?? `_field_${index + 1}`, field.type);
}

/** The schema entry of a column definition, with the parameters of its type. */
export function fieldOfDataType(name: string, dataType: DataType): TableField {
  switch (dataType.type) {
    case 'arrayType':
      return { ...fieldOfDataType(name, dataType.element), mode: 'REPEATED' };
    case 'structType':
      return {
        name,
        type: 'RECORD',
        mode: 'NULLABLE',
        fields: dataType.fields.map((field, index) =>
          fieldOfDataType(field.name?.name ?? `_field_${index + 1}`, field.dataType),
        ),
      };
    case 'simpleType':
      return { ...fieldOf(name, typeOf(dataType)), ...typeParameters(dataType.name, dataType.parameters) };
    case 'rangeType':
      throw unsupported('the type RANGE');
    default:
      return assertNever(dataType);
  }
}

function typeParameters(name: string, parameters: readonly string[]): Partial<TableField> {
  const [first, second] = parameters;
  if (first === undefined) return {};
  const scalarName = scalarNamed(name);
  if (scalarName === 'STRING' || scalarName === 'BYTES') return { maxLength: first };
  return { precision: first, ...(second === undefined ? {} : { scale: second }) };
}
