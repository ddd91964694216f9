import { isJsonObject } from './json.ts';
import type { Field, Shape } from './fields.ts';
import type { Json, JsonObject } from './json.ts';

/** What happens at a place that the shape does not allow: note it and go on, or throw. */
type Refuse = (path: string) => void;

/**
 * Copies what the shape allows and reports the rest. Rows and other free JSON are handed on by reference, so the
 * cost depends on the form of a body and not on its rows.
 */
export function copyFields(shape: Shape, body: JsonObject, refuse: Refuse, path = ''): JsonObject {
  const copy: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const field = shape.get(name);
    const kept = field === undefined ? undefined : copyField(field, value, refuse, path, name);
    if (kept === undefined) refuse(join(path, name));
    else copy[name] = kept;
  }
  return copy;
}

/** Called only where it is needed: ten thousand rows have forty thousand plain fields. */
function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Undefined when the value has another form than the field. */
function copyField(field: Field, value: Json, refuse: Refuse, path: string, name: string): Json | undefined {
  if (value === null || field.kind === 'anything') return value;
  if (field.kind === 'scalar') return isPlain(value) ? value : undefined;
  if (field.kind === 'scalars') return isList(value) && value.every(isPlain) ? value : undefined;
  if (field.kind === 'labels') return isJsonObject(value) && hasPlainMembers(value) ? value : undefined;
  const place = join(path, name);
  if (field.kind === 'list') return copyList(field.shape(), value, refuse, place);
  if (field.kind === 'map') return copyMap(field.shape(), value, refuse, place);
  return isJsonObject(value) ? copyFields(field.shape(), value, refuse, place) : undefined;
}

function hasPlainMembers(value: JsonObject): boolean {
  return Object.values(value).every(isPlain);
}

function copyList(shape: Shape, value: Json, refuse: Refuse, path: string): Json | undefined {
  if (!isList(value) || !value.every(isJsonObject)) return undefined;
  const place = `${path}[]`;
  return value.map((item) => copyFields(shape, item, refuse, place));
}

function copyMap(shape: Shape, value: Json, refuse: Refuse, path: string): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const copies: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (!isJsonObject(member)) return undefined;
    copies.push([name, copyFields(shape, member, refuse, `${path}.*`)]);
  }
  return Object.fromEntries(copies);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isPlain(value: Json | undefined): boolean {
  return value !== undefined && (value === null || typeof value !== 'object');
}
