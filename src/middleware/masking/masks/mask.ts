import type { Json } from '../../../call/json.ts';

/** GoogleSQL names of the types a leaf column can have. */
export type ScalarType =
  | 'STRING'
  | 'BYTES'
  | 'INT64'
  | 'FLOAT64'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'BOOL'
  | 'DATE'
  | 'DATETIME'
  | 'TIME'
  | 'TIMESTAMP'
  | 'GEOGRAPHY'
  | 'JSON'
  | 'INTERVAL'
  | 'RANGE';

/**
 * One way to hide a value, in the two places where values are hidden: as GoogleSQL at the table reference,
 * and on a cell of a REST answer. Both give the same value, keep the type, and keep NULL as NULL unless
 * the mask says otherwise. Names and outputs are those of BigQuery's data policies
 * (https://cloud.google.com/bigquery/docs/column-data-masking-intro#masking_options).
 */
export interface Mask {
  /** What stands for the whole of a repeated column; where absent, each element is masked. */
  readonly empties: boolean;
  /** Whether NULL is masked as well, so that it cannot be told from other values. */
  readonly replacesNull: boolean;
  /**
   * `value` is GoogleSQL for the column; `type` its full type text, e.g. `STRING`, `RANGE<DATE>`; `row` the name by which
   * other columns of the row are reached, where they are.
   */
  expression(value: string, type: string, row?: string): string;
  /**
   * `value` is the cell's `v` as REST encodes it, never null; `context` the same of the column that the mask names as
   * its context.
   */
  cell(value: string, type: ScalarType, context?: string | null): Json;
  /** Whether the mask can have given this cell, never null: what says no holds a value as it is. */
  releases(cell: string, type: ScalarType): boolean;
}

export const allTypes: readonly ScalarType[] = [
  'STRING',
  'BYTES',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOL',
  'DATE',
  'DATETIME',
  'TIME',
  'TIMESTAMP',
  'GEOGRAPHY',
  'JSON',
  'INTERVAL',
  'RANGE',
];
