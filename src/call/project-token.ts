import { isJsonObject } from './json.ts';
import type { Json } from './json.ts';

const plain = '{{projectId}}';
const encoded = '%7B%7BprojectId%7D%7D';

/**
 * Puts the project in the place that the official client leaves for it – in paths, and in bodies and the metadata
 * of uploads too. Version 9 encodes the placeholder in paths and then no longer finds it.
 */
export function replaceProjectId(value: string, projectId: string): string;
export function replaceProjectId(value: Json, projectId: string): Json;
export function replaceProjectId(value: Json, projectId: string): Json {
  if (typeof value === 'string')
    return value.replaceAll(plain, () => projectId).replaceAll(encoded, () => projectId);
  if (Array.isArray(value)) return value.map((item: Json) => replaceProjectId(item, projectId));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    member === undefined ? undefined : replaceProjectId(member, projectId),
  ]);
  return Object.fromEntries(members);
}

/** Whether the text of a body holds the placeholder at all; most do not, and are then not walked. */
export function holdsProjectToken(text: string): boolean {
  return text.includes(plain) || text.includes(encoded);
}
