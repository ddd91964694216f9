import { physicalType } from '../type/physical-type.ts';
import { bool, int64, string, type SqlType } from '../type/sql-type.ts';

/** An expression in DuckDB's SQL together with its GoogleSQL type. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  /** The value of a literal: text takes the type of its place, numbers may be positions. */
  readonly literal?: LiteralValue;
  /** The elements of an array or fields of a struct written out, so that each can still be coerced. */
  readonly parts?: readonly Typed[];
}

export type LiteralValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  /** The digits as written. */
  | { readonly kind: 'float'; readonly value: string }
  | { readonly kind: 'other' };

export function quote(text: string): string {
  const plain = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\0') ? `(${plain.split('\0').join("' || chr(0) || '")})` : plain;
}

export const stringLiteral = (value: string): Typed => ({
  sql: quote(value),
  type: string,
  literal: { kind: 'string', value },
});

export const integerLiteral = (value: bigint): Typed => ({
  sql: value < 0n ? `CAST('${value}' AS BIGINT)` : `${value}::BIGINT`,
  type: int64,
  literal: { kind: 'integer', value },
});

export const boolean = (sql: string): Typed => ({ sql, type: bool });

export function nullOf(type: SqlType): Typed {
  return { sql: `CAST(NULL AS ${physicalType(type)})`, type };
}

/** The text of a literal, where a function must know it before the query runs. */
export function literalText(value: Typed): string | undefined {
  return value.literal?.kind === 'string' ? value.literal.value : undefined;
}
