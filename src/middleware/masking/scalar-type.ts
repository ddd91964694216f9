import type { ScalarType } from './masks/index.ts';

/** GoogleSQL's and REST's names for the same types. */
const types: Readonly<Record<string, ScalarType>> = {
  STRING: 'STRING',
  BYTES: 'BYTES',
  INT64: 'INT64',
  INTEGER: 'INT64',
  FLOAT64: 'FLOAT64',
  FLOAT: 'FLOAT64',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
  GEOGRAPHY: 'GEOGRAPHY',
  JSON: 'JSON',
  INTERVAL: 'INTERVAL',
  RANGE: 'RANGE',
};

/** A type that is not known is treated as one that only nullify fits. */
export function scalarType(type: string): ScalarType {
  return types[type.replace(/[(<].*$/s, '').toUpperCase()] ?? 'RANGE';
}
