import { assertNever } from '../../../../src/sql/assert-never.ts';

/** Types of the generated expressions. */
export type Type =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'array'; readonly element: Type }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] };

export type ScalarName = 'INT64' | 'FLOAT64' | 'NUMERIC' | 'STRING' | 'BOOL' | 'DATE' | 'TIMESTAMP' | 'JSON';

export interface Column {
  readonly name: string;
  readonly type: Type;
}

export function scalar(name: ScalarName): Type {
  return { kind: 'scalar', name };
}

export const bool: Type = scalar('BOOL');
export const int64: Type = scalar('INT64');
export const string: Type = scalar('STRING');

export function arrayOf(element: Type): Type {
  return { kind: 'array', element };
}

export function structOf(fields: Readonly<Record<string, Type>>): Type {
  return { kind: 'struct', fields: Object.entries(fields).map(([name, type]) => ({ name, type })) };
}

/** GoogleSQL text, also the type's identity. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'array':
      return `ARRAY<${typeText(type.element)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${field.name} ${typeText(field.type)}`).join(', ')}>`;
    default:
      return assertNever(type);
  }
}

export function same(a: Type, b: Type): boolean {
  return typeText(a) === typeText(b);
}

/** What may be compared, grouped and ordered by. */
export function isKey(type: Type): boolean {
  return type.kind === 'scalar' && type.name !== 'JSON';
}
