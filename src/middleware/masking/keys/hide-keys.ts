import { isJsonObject, type Json } from '../../../call/json.ts';
import type { Next } from '../../../call/middleware.ts';
import type { Result } from '../../../call/result.ts';
import { withMessages } from '../restore-positions.ts';

const hidden = 'This is not shown: it concerns the keys of masks. Whoever runs the guard can look at it.';

/** Where keys lie is in the text that BigQuery gets, so that jobs and errors may name it: nobody is told. */
export function hidingKeys(dataset: string | undefined, next: Next): Next {
  if (dataset === undefined) return next;
  const name = dataset.toLowerCase();
  const hide = (text: string): string => (text.toLowerCase().includes(name) ? hidden : text);
  return async (call) => {
    try {
      return hideIn(await next(call), hide);
    } catch (error) {
      throw withMessages(error, hide);
    }
  };
}

/** Rows and the schemas of rows are the caller's own matter. */
const left = new Set(['rows', 'schema']);

function hideIn(result: Result, hide: (text: string) => string): Result {
  return { ...result, body: walk(result.body, hide) };
}

function walk(value: Json, hide: (text: string) => string): Json {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item: Json) => walk(item, hide));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      left.has(name) || part === undefined ? part : walk(part, hide),
    ]),
  );
}
