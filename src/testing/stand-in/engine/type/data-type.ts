import { assertNever } from '../../../../sql/assert-never.ts';
import type { DataType } from '../../../../sql/ast/index.ts';
import { invalidQuery, unsupported } from '../engine-error.ts';
import { arrayOf, scalar, scalarNames, structOf, type ScalarName, type SqlType } from './sql-type.ts';

const aliases: Readonly<Record<string, ScalarName>> = {
  INT: 'INT64',
  SMALLINT: 'INT64',
  INTEGER: 'INT64',
  BIGINT: 'INT64',
  TINYINT: 'INT64',
  BYTEINT: 'INT64',
  FLOAT: 'FLOAT64',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  BOOLEAN: 'BOOL',
};

export function scalarNamed(name: string): ScalarName | undefined {
  const upper = name.toUpperCase();
  return scalarNames.find((known) => known === upper) ?? aliases[upper];
}

/** A type as written in SQL; its parameters (`STRING(10)`) are the caller's to enforce. */
export function typeOf(dataType: DataType): SqlType {
  switch (dataType.type) {
    case 'simpleType':
      return simpleType(dataType.name);
    case 'arrayType':
      return arrayType(typeOf(dataType.element));
    case 'rangeType':
      throw unsupported('the type RANGE');
    case 'structType':
      return structOf(
        dataType.fields.map((field) => ({
          ...(field.name === undefined ? {} : { name: field.name.name }),
          type: typeOf(field.dataType),
        })),
      );
    default:
      return assertNever(dataType);
  }
}

function arrayType(element: SqlType): SqlType {
  if (element.kind === 'array') throw invalidQuery('Arrays of arrays are not supported');
  return arrayOf(element);
}

function simpleType(name: string): SqlType {
  const known = scalarNamed(name);
  if (known === undefined) throw invalidQuery(`Type not found: ${name}`);
  return scalar(known);
}
