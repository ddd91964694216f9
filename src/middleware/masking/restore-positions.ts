import { contextKey, type ContextKey } from '../../call/context.ts';
import { GoogleError, isPassedOn, passOn } from '../../call/google-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { PositionMap } from '../../sql/rewrite/index.ts';

/** The way back from the text that was sent to the caller's; for whoever remembers the job. */
export const positionsKey: ContextKey<PositionMap | undefined> = contextKey(
  'positions in the masked text',
  undefined,
);

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
  if ('response' in error) restoreBody(error.response, map);
  return error;
}

/** The official client hangs the whole answer on the error. */
function restoreBody(response: unknown, map: (text: string) => string): void {
  if (typeof response !== 'object' || response === null || !('body' in response)) return;
  const { body } = response;
  if (isJson(body)) response.body = mapMessages(body, map);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** In what tells of a job: what went wrong in it, and what BigQuery warns of. */
export function ownPositions(body: JsonObject, positions: PositionMap | undefined): JsonObject {
  if (positions === undefined) return body;
  const map = (text: string): string => mapText(text, positions);
  const told = ['status', 'errors', 'errorResult'].filter((name) => body[name] !== undefined);
  return {
    ...body,
    ...Object.fromEntries(told.map((name) => [name, mapMessages(body[name] ?? null, map)])),
  };
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
