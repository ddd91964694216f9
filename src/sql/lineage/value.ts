import { fieldSource, noSources, union } from './source.ts';
import type { Sources } from './source.ts';
import { arrayOf as arrayType, commonType, sameShape, structFields } from './type.ts';
import type { Type } from './type.ts';

/**
 * Where a value comes from. `paths`: it is, or is an element of, exactly these columns, so that taking a
 * field makes the path longer. `computed`: it depends on these. `fields`: it was built as a STRUCT (or an
 * array of STRUCTs) of these. `copied`: nothing was done to it on the way.
 */
export interface Value {
  readonly type: Type | undefined;
  readonly paths: Sources;
  readonly computed: Sources;
  readonly fields?: readonly ValueField[];
  readonly copied: boolean;
  /** It is, unchanged, the value of one of these columns, or an element of one. Absent where that is not certain. */
  readonly handed?: Sources | undefined;
}

export interface ValueField {
  readonly name: string;
  readonly value: Value;
}

export const unknownValue: Value = { type: undefined, paths: noSources, computed: noSources, copied: false };

export function constant(type: Type | undefined): Value {
  return { type, paths: noSources, computed: noSources, copied: false };
}

const alls = new WeakMap<Value, Sources>();

/** Everything that the value depends on. */
export function allSources(value: Value): Sources {
  if (value.fields === undefined && value.computed.size === 0) return value.paths;
  let sources = alls.get(value);
  if (sources === undefined) alls.set(value, (sources = collect(value)));
  return sources;
}

function collect(value: Value): Sources {
  const fields = (value.fields ?? []).map((field) => allSources(field.value));
  return union([value.paths, value.computed, ...fields]);
}

/** A value computed from others: the shape is lost. */
export function derive(values: readonly Value[], type?: Type): Value {
  return { type, paths: noSources, computed: union(values.map(allSources)), copied: false };
}

/** The value, known to depend on others as well. */
export function dependent(value: Value, on: readonly Value[]): Value {
  const computed = union([value.computed, ...on.map(allSources)]);
  return computed === value.computed ? value : { ...value, computed, copied: false };
}

/** One of these values: the shape is kept where they agree. */
export function merge(values: readonly Value[], type?: Type): Value {
  const [only] = values;
  if (only !== undefined && values.length === 1 && type === undefined) return only;
  const shape = type ?? commonType(values.map((value) => value.type));
  const alike = values.filter((value) => keepsShape(value, shape));
  const others = values.filter((value) => !alike.includes(value));
  const fields = mergeFields(alike);
  return {
    type: shape,
    paths: union(alike.map((value) => value.paths)),
    computed: union([...alike.map((value) => value.computed), ...others.map(allSources), ...fields.lost]),
    ...(fields.kept === undefined ? {} : { fields: fields.kept }),
    copied: values.every((value) => value.copied),
    handed: others.length === 0 ? handedOf(values) : undefined,
  };
}

/** The columns of which one of the values is one; `undefined` as soon as that is not certain of each. */
export function handedOf(values: readonly Value[]): Sources | undefined {
  const sets = values.flatMap(({ handed }) => (handed === undefined ? [] : [handed]));
  return sets.length === values.length && sets.length > 0 ? union(sets) : undefined;
}

function keepsShape(value: Value, shape: Type | undefined): boolean {
  return value.type === undefined
    ? value.fields === undefined && value.paths.size === 0
    : sameShape(value.type, shape);
}

interface MergedFields {
  readonly kept: readonly ValueField[] | undefined;
  readonly lost: readonly Sources[];
}

function mergeFields(values: readonly Value[]): MergedFields {
  const lists = values.flatMap((value) => (value.fields === undefined ? [] : [value.fields]));
  const [first] = lists;
  if (first === undefined || lists.length === 1) return { kept: first, lost: [] };
  if (lists.some((list) => list.length !== first.length)) {
    return { kept: undefined, lost: lists.flat().map((field) => allSources(field.value)) };
  }
  const kept = first.map((field, index) => ({
    name: field.name,
    value: merge(lists.flatMap((list) => list[index]?.value ?? [])),
  }));
  return { kept, lost: [] };
}

/** An element of an array: arrays share paths and fields with their elements. */
export function elementOf(value: Value): Value {
  return { ...value, type: value.type?.kind === 'array' ? value.type.element : undefined, copied: false };
}

export function arrayOf(value: Value): Value {
  return { ...value, type: arrayType(value.type), copied: false };
}

export function structOf(fields: readonly ValueField[]): Value {
  const type: Type = {
    kind: 'struct',
    fields: fields.map(({ name, value }) => ({ name, type: value.type })),
  };
  return { type, paths: noSources, computed: noSources, fields, copied: false };
}

/**
 * A field of a STRUCT, or of anything whose fields are not known (JSON, the result of an unknown
 * function): then it depends on the whole. `undefined` when the STRUCT is known to have no such field.
 */
export function fieldOf(value: Value, name: string): Value | undefined {
  const fields = value.type?.kind === 'array' ? undefined : structFields(value.type);
  if (fields === undefined) {
    if (value.type !== undefined && !isOpen(value.type)) return undefined;
    return derive([value], value.type);
  }
  const wanted = name.toLowerCase();
  const index = fields.findIndex((field) => field.name.toLowerCase() === wanted);
  const field = fields[index];
  return field === undefined ? undefined : fieldAt(value, index, field.name, field.type);
}

function isOpen(type: Type): boolean {
  return type.kind === 'scalar' && (type.name === 'JSON' || type.name === 'PROTO');
}

function fieldAt(value: Value, index: number, name: string, type: Type | undefined): Value {
  const paths = new Set([...value.paths].map((source) => fieldSource(source, name)));
  const own: Value = {
    type,
    paths,
    computed: value.computed,
    copied: value.copied && value.computed.size === 0,
    handed: value.handed && new Set([...value.handed].map((source) => fieldSource(source, name))),
  };
  const built = value.fields?.[index]?.value;
  if (built === undefined) return own;
  return paths.size === 0 && value.computed.size === 0 ? built : merge([own, built], type);
}

/** All fields of a STRUCT in order; `undefined` when they are not known. */
export function fieldsOf(value: Value): readonly ValueField[] | undefined {
  const fields = value.type?.kind === 'struct' ? value.type.fields : undefined;
  return fields?.map((field, index) => ({
    name: field.name,
    value: fieldAt(value, index, field.name, field.type),
  }));
}
