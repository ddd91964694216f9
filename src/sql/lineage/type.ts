import type { DataType } from '../ast/index.ts';
import type { CatalogColumn } from '../catalog.ts';
import { assertNever } from '../assert-never.ts';

/** A GoogleSQL type as far as the analysis needs it: fields and elements; `undefined` stands for not known. */
export type Type =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'array'; readonly element: Type | undefined }
  | { readonly kind: 'struct'; readonly fields: readonly TypeField[] };

export interface TypeField {
  readonly name: string;
  readonly type: Type | undefined;
}

const synonyms: ReadonlyMap<string, string> = new Map([
  ...['INT', 'INTEGER', 'SMALLINT', 'BIGINT', 'TINYINT', 'BYTEINT'].map((name) => [name, 'INT64'] as const),
  ['FLOAT', 'FLOAT64'],
  ['DOUBLE', 'FLOAT64'],
  ['BOOLEAN', 'BOOL'],
  ['DECIMAL', 'NUMERIC'],
  ['BIGDECIMAL', 'BIGNUMERIC'],
]);

const scalars = new Map<string, Type>();

export function scalar(name: string): Type {
  const canonical = synonyms.get(name) ?? name;
  let type = scalars.get(canonical);
  if (type === undefined) scalars.set(canonical, (type = { kind: 'scalar', name: canonical }));
  return type;
}

export function arrayOf(element: Type | undefined): Type {
  return { kind: 'array', element };
}

const ofColumns = new WeakMap<CatalogColumn, Type>();

/** The type of a catalog column, its mode included; computed once per column. */
export function typeOfColumn(column: CatalogColumn): Type {
  let type = ofColumns.get(column);
  if (type === undefined) ofColumns.set(column, (type = buildColumnType(column)));
  return type;
}

function buildColumnType(column: CatalogColumn): Type {
  const name = column.type.toUpperCase();
  const element: Type =
    column.fields !== undefined || name === 'RECORD' || name === 'STRUCT'
      ? {
          kind: 'struct',
          fields: (column.fields ?? []).map((field) => ({ name: field.name, type: typeOfColumn(field) })),
        }
      : scalar(name);
  return column.mode === 'REPEATED' ? arrayOf(element) : element;
}

/** The type that a type name in the text stands for. */
export function typeOfDataType(dataType: DataType): Type {
  switch (dataType.type) {
    case 'simpleType':
      return scalar(dataType.name.toUpperCase());
    case 'arrayType':
      return arrayOf(typeOfDataType(dataType.element));
    case 'rangeType':
      return scalar(`RANGE<${typeText(typeOfDataType(dataType.element)) ?? ''}>`);
    case 'structType':
      return {
        kind: 'struct',
        fields: dataType.fields.map((field) => ({
          name: field.name?.name ?? '',
          type: typeOfDataType(field.dataType),
        })),
      };
    default:
      return assertNever(dataType);
  }
}

/** The type as GoogleSQL text; `undefined` where a part is not known. */
export function typeText(type: Type | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'array') {
    const element = typeText(type.element);
    return element === undefined ? undefined : `ARRAY<${element}>`;
  }
  const fields = type.fields.map((field) => {
    const text = typeText(field.type);
    return text === undefined ? undefined : `${field.name === '' ? '' : `${field.name} `}${text}`;
  });
  return fields.includes(undefined) ? undefined : `STRUCT<${fields.join(', ')}>`;
}

/** Where a STRUCT stands, alone or as the element of an array: its fields. */
export function structFields(type: Type | undefined): readonly TypeField[] | undefined {
  if (type?.kind === 'array') return structFields(type.element);
  return type?.kind === 'struct' ? type.fields : undefined;
}

/** True when the fields of both have the same names in the same order, all the way down. */
export function sameShape(left: Type | undefined, right: Type | undefined): boolean {
  const a = structFields(left);
  const b = structFields(right);
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((field, index) => sameField(field, b[index]));
}

function sameField(a: TypeField, b: TypeField | undefined): boolean {
  return b !== undefined && a.name.toLowerCase() === b.name.toLowerCase() && sameShape(a.type, b.type);
}
