import { GoogleError, isPassedOn, passOn } from '../../call/google-error.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { PositionMap } from '../../sql/rewrite/index.ts';

/**
 * Makes the places in a message of BigQuery (`at [3:5]`) those of the text that the caller sent. An error of
 * the official client keeps its identity, so that its `instanceof` and response stay what they are.
 */
export function restorePositions(error: unknown, positions: PositionMap): unknown {
  return withMessages(error, (text) => mapText(text, positions));
}

/** Changes what an error of BigQuery says. */
export function withMessages(error: unknown, map: (text: string) => string): unknown {
  if (error instanceof GoogleError) {
    const restored = new GoogleError(error.code, mapMessages(error.body, map));
    return isPassedOn(error) ? passOn(restored) : restored;
  }
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return error;
  error.message = map(error.message);
  for (const item of error.errors) {
    if (typeof item === 'object' && item !== null && typeof item.message === 'string') {
      item.message = map(item.message);
    }
  }
  return error;
}

function mapMessages(value: Json, map: (text: string) => string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => mapMessages(item, map));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === 'message' && typeof part === 'string' ? map(part) : mapMessages(part ?? null, map),
    ]),
  );
}

const place = /\[(\d{1,9}):(\d{1,9})\]/g;

function mapText(text: string, positions: PositionMap): string {
  return text.replace(place, (_all, line: string, column: string) => {
    const original = positions.originalPosition({ line: Number(line), column: Number(column) });
    return `[${original.line}:${original.column}]`;
  });
}
