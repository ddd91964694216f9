import type { DataType } from '../ast/index.ts';
import type { CatalogColumn } from '../catalog.ts';
import { assertNever } from '../assert-never.ts';

/** A GoogleSQL type as far as the analysis needs it: fields and elements; `undefined` stands for not known. */
export type Type =
  | { readonly kind: 'scalar'; readonly name: string; readonly literal?: true }
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

/** The type of a literal, which gives way to other types that it can be read as. */
export function literalType(name: string): Type {
  return { kind: 'scalar', name, literal: true };
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

const numbers: readonly string[] = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'];

/** The type that values of all these types can be turned into; the first one where none is known. */
export function commonType(types: readonly (Type | undefined)[]): Type | undefined {
  let common: Type | undefined;
  for (const type of types) {
    if (common === undefined) common = type;
    else if (type !== undefined && type !== common) common = commonOf(common, type);
  }
  return common;
}

function commonOf(a: Type, b: Type): Type {
  if (a.kind === 'scalar' && b.kind === 'scalar') return commonScalar(a, b);
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType([a.element, b.element]);
    return element === a.element ? a : arrayOf(element);
  }
  if (a.kind !== 'struct' || b.kind !== 'struct' || a.fields.length !== b.fields.length) return a;
  return {
    kind: 'struct',
    fields: a.fields.map(({ name, type }, index) => ({
      name,
      type: commonType([type, b.fields[index]?.type]),
    })),
  };
}

type Scalar = Extract<Type, { kind: 'scalar' }>;

function commonScalar(a: Scalar, b: Scalar): Type {
  if (a.name === b.name) return a.literal === true ? b : a;
  const rankA = numbers.indexOf(a.name);
  const rankB = numbers.indexOf(b.name);
  if (rankA >= 0 && rankB >= 0) {
    if (a.literal !== b.literal && Math.min(rankA, rankB) > 0) return a.literal === true ? b : a;
    return rankB > rankA ? b : a;
  }
  if (a.literal !== b.literal) return a.literal === true ? b : a;
  return a.name === 'DATE' && b.name === 'DATETIME' ? b : a;
}
