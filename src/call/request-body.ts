import { Readable } from 'node:stream';
import { freezeDeep } from './freeze.ts';
import { isJsonObject } from './json.ts';
import { holdsProjectToken, replaceProjectId } from './project-token.ts';
import type { Upload } from './call.ts';
import type { JsonObject } from './json.ts';

export interface RequestBody {
  readonly body: JsonObject | undefined;
  readonly flaw: string | undefined;
}

const unreadable: RequestBody = { body: undefined, flaw: 'The request body is not a JSON object.' };

/**
 * Reads a body as it will stand on the wire: through `JSON.stringify`, so that dates, numbers and whatever has a
 * `toJSON` are judged as the text that BigQuery gets.
 */
export function readBody(value: unknown, projectId: string): RequestBody {
  // The official client says `json: true` where it only wants JSON back.
  if (value === undefined || value === null || typeof value === 'boolean' || value === '') {
    return { body: undefined, flaw: undefined };
  }
  try {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return readText(text, projectId);
  } catch {
    return unreadable;
  }
}

function readText(text: string, projectId: string): RequestBody {
  const parsed: unknown = JSON.parse(text);
  if (!isJsonObject(parsed)) return unreadable;
  const { autoPaginate: _, autoPaginateVal: __, ...body } = parsed;
  const replaced = holdsProjectToken(text) ? replaceProjectId(body, projectId) : body;
  if (!isJsonObject(replaced)) return unreadable;
  if (!freezeDeep(replaced)) return { body: undefined, flaw: 'The request body nests too deep.' };
  return { body: replaced, flaw: undefined };
}

export interface Multipart {
  readonly metadata: string;
  readonly upload: Upload;
}

/** The two parts of the official client's uploads: metadata as JSON text, then the media as a stream. */
export function readMultipart(parts: unknown): Multipart | undefined {
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [metadata, media]: readonly unknown[] = parts;
  if (!isPart(metadata) || typeof metadata.body !== 'string') return undefined;
  if (!isPart(media) || !(media.body instanceof Readable)) return undefined;
  return {
    metadata: metadata.body,
    upload: { contentType: media['Content-Type'], stream: media.body },
  };
}

function isPart(value: unknown): value is { readonly 'Content-Type': string; readonly body: unknown } {
  return isJsonObject(value) && typeof value['Content-Type'] === 'string' && 'body' in value;
}
