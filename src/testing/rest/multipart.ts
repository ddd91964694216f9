import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { invalid } from './rest-error.ts';
import type { Media } from './rest-request.ts';

export interface Multipart {
  readonly metadata: JsonObject;
  readonly media: Media;
}

/** A `multipart/related` upload: the JSON of the job, then the data. RFC 2387. */
export function readMultipart(contentType: string, body: Buffer): Multipart {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw invalid('The multipart upload names no boundary.');
  const [first, second] = splitParts(body, boundary);
  if (first === undefined || second === undefined) throw invalid('A multipart upload has two parts.');
  return { metadata: readMetadata(first.bytes), media: second };
}

function splitParts(body: Buffer, boundary: string): readonly Media[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Media[] = [];
  let start = body.indexOf(delimiter);
  while (start >= 0) {
    const from = start + delimiter.length;
    const end = body.indexOf(Buffer.from(`\r\n--${boundary}`), from);
    if (end < 0) break;
    parts.push(readPart(body.subarray(from, end)));
    start = end + 2;
  }
  return parts;
}

function readPart(part: Buffer): Media {
  const blank = part.indexOf('\r\n\r\n');
  if (blank < 0) throw invalid('A part of the multipart upload has no end of headers.');
  const head = part.subarray(0, blank).toString('latin1');
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? 'application/octet-stream';
  return { contentType, bytes: part.subarray(blank + 4) };
}

function readMetadata(bytes: Buffer): JsonObject {
  return readJsonObject(bytes.toString('utf8'));
}

export function readJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw invalid('The request body is not a JSON object.');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Parse Error: the request body is not JSON.');
  }
}
