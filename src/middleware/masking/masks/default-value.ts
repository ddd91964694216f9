import type { Json } from '../../../call/json.ts';
import type { Mask, ScalarType } from './mask.ts';

/** The type's default value, also for NULL, as BigQuery's DEFAULT_MASKING_VALUE gives it. */
export const defaultValue: Mask = {
  empties: true,
  replacesNull: true,
  expression: (_value, type) => defaults[scalarOf(type)]?.sql ?? `CAST(NULL AS ${type})`,
  cell: (_value, type) => defaults[type]?.cell ?? null,
  releases(cell, type) {
    if (numeric.has(type)) return Number(cell) === 0 && cell !== '';
    if (type === 'TIMESTAMP') return /^(?:0(?:\.0*)?(?:E\+?0)?|1970-01-01T00:00:00(?:\.0+)?Z)$/.test(cell);
    return cell === defaults[type]?.cell;
  },
};

const numeric = new Set<ScalarType>(['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC']);

const scalarOf = (type: string): string => type.replace(/[(<].*$/, '');

/** Seconds since the epoch as REST writes them (`useInt64Timestamp` makes no difference to zero but for the text). */
const defaults: Readonly<Partial<Record<string, { readonly sql: string; readonly cell: Json }>>> = {
  STRING: { sql: "''", cell: '' },
  BYTES: { sql: "b''", cell: '' },
  INT64: { sql: '0', cell: '0' },
  FLOAT64: { sql: 'CAST(0 AS FLOAT64)', cell: '0.0' },
  NUMERIC: { sql: "NUMERIC '0'", cell: '0' },
  BIGNUMERIC: { sql: "BIGNUMERIC '0'", cell: '0' },
  BOOL: { sql: 'FALSE', cell: 'false' },
  DATE: { sql: "DATE '1970-01-01'", cell: '1970-01-01' },
  DATETIME: { sql: "DATETIME '1970-01-01 00:00:00'", cell: '1970-01-01T00:00:00' },
  TIME: { sql: "TIME '00:00:00'", cell: '00:00:00' },
  TIMESTAMP: { sql: "TIMESTAMP '1970-01-01 00:00:00+00'", cell: '0' },
  GEOGRAPHY: { sql: 'ST_GEOGPOINT(0, 0)', cell: 'POINT(0 0)' },
  JSON: { sql: "JSON 'null'", cell: 'null' },
} satisfies Partial<Record<ScalarType, { sql: string; cell: Json }>>;
