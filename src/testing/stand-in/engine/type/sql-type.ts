import { assertNever } from '../../../../sql/assert-never.ts';

export const scalarNames = [
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOL',
  'STRING',
  'BYTES',
  'DATE',
  'DATETIME',
  'TIME',
  'TIMESTAMP',
  'JSON',
  'INTERVAL',
  'GEOGRAPHY',
] as const;

export type ScalarName = (typeof scalarNames)[number];

/** A GoogleSQL type. `null` is the type of a bare NULL, which takes any other. */
export type SqlType =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'struct'; readonly fields: readonly StructTypeField[] }
  | { readonly kind: 'null' };

export interface StructTypeField {
  /** Absent for an unnamed field. */
  readonly name?: string;
  readonly type: SqlType;
}

export const scalar = (name: ScalarName): SqlType => ({ kind: 'scalar', name });
export const arrayOf = (element: SqlType): SqlType => ({ kind: 'array', element });
export const structOf = (fields: readonly StructTypeField[]): SqlType => ({ kind: 'struct', fields });
export const nullType: SqlType = { kind: 'null' };

export const int64: SqlType = scalar('INT64');
export const float64: SqlType = scalar('FLOAT64');
export const numeric: SqlType = scalar('NUMERIC');
export const bool: SqlType = scalar('BOOL');
export const string: SqlType = scalar('STRING');
export const bytes: SqlType = scalar('BYTES');
export const json: SqlType = scalar('JSON');

export function isScalar(type: SqlType, ...names: readonly ScalarName[]): boolean {
  return type.kind === 'scalar' && names.includes(type.name);
}

export function sameType(left: SqlType, right: SqlType): boolean {
  if (left.kind === 'scalar') return right.kind === 'scalar' && left.name === right.name;
  if (left.kind === 'array') return right.kind === 'array' && sameType(left.element, right.element);
  if (left.kind === 'null') return right.kind === 'null';
  return right.kind === 'struct' && sameFields(left.fields, right.fields);
}

function sameFields(left: readonly StructTypeField[], right: readonly StructTypeField[]): boolean {
  return left.length === right.length && left.every((field, index) => sameTypeAt(field, right[index]));
}

function sameTypeAt(left: StructTypeField, right: StructTypeField | undefined): boolean {
  return right !== undefined && sameType(left.type, right.type);
}

/** The type as BigQuery's messages and `INFORMATION_SCHEMA` write it. */
export function typeText(type: SqlType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'array':
      return `ARRAY<${typeText(type.element)}>`;
    case 'null':
      return 'INT64';
    case 'struct':
      return `STRUCT<${type.fields.map(fieldText).join(', ')}>`;
    default:
      return assertNever(type);
  }
}

function fieldText(field: StructTypeField): string {
  return field.name === undefined ? typeText(field.type) : `${field.name} ${typeText(field.type)}`;
}

/** A bare NULL that reaches a table or an answer is an INT64, as in BigQuery. */
export function settle(type: SqlType): SqlType {
  if (type.kind === 'null') return int64;
  if (type.kind === 'array') return arrayOf(settle(type.element));
  if (type.kind !== 'struct') return type;
  return structOf(type.fields.map((field) => ({ ...field, type: settle(field.type) })));
}
