import { unsupported } from '../engine-error.ts';
import type { Typed } from './typed.ts';

const volatile = /\b(random|uuid)\(/;

/** NULL where the expression fails on a row. DuckDB's TRY takes neither subqueries nor random values. */
export function safely(value: Typed): Typed {
  if (/\bSELECT\b/.test(value.sql)) throw unsupported('SAFE. and SAFE_CAST around a subquery');
  if (volatile.test(value.sql)) throw unsupported('SAFE. and SAFE_CAST around a random value');
  return { sql: `TRY(${value.sql})`, type: value.type };
}
