import { assertNever } from '../../../../sql/assert-never.ts';
import type { ScalarName, SqlType } from './sql-type.ts';

const physicalNames: Readonly<Record<ScalarName, string>> = {
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: 'DECIMAL(38,18)',
  BOOL: 'BOOLEAN',
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  DATE: 'DATE',
  DATETIME: 'TIMESTAMP',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMPTZ',
  JSON: 'VARCHAR',
  INTERVAL: 'INTERVAL',
  GEOGRAPHY: 'VARCHAR',
};

/**
 * The DuckDB type that holds a GoogleSQL type. Struct fields are named by position (`f1`, `f2`), so two
 * structs of the same types are the same type, as in GoogleSQL, and names may repeat or be missing.
 */
export function physicalType(type: SqlType): string {
  switch (type.kind) {
    case 'scalar':
      return physicalNames[type.name];
    case 'array':
      return `${physicalType(type.element)}[]`;
    case 'null':
      return 'BIGINT';
    case 'struct':
      return `STRUCT(${type.fields.map((field, index) => `${physicalField(index)} ${physicalType(field.type)}`).join(', ')})`;
    default:
      return assertNever(type);
  }
}

export function physicalField(index: number): string {
  return `f${index + 1}`;
}
