import type { Json, JsonObject } from '../../../call/json.ts';
import { notImplemented } from '../rest-error.ts';

/** Refuses every field that would change the answer and that the stand-in does not act on. */
export function refuseUnsupported(source: JsonObject, known: ReadonlySet<string>, where: string): void {
  for (const [name, value] of Object.entries(source)) {
    if (!known.has(name) && !isEmpty(value)) throw notImplemented(`the field ${name} of ${where}`);
  }
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
