import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { JsonObject } from '../../call/json.ts';
import { readJsonObject, readMultipart } from './multipart.ts';
import { invalid } from './rest-error.ts';
import type { Media, RestRequest } from './rest-request.ts';

const inflate = promisify(gunzip);

type Decoded = Pick<RestRequest, 'body' | 'media'>;

/** Turns the bytes of a request into its JSON and, for an upload, the data. */
export async function decodeBody(
  headers: Readonly<Record<string, string>>,
  target: Pick<RestRequest, 'upload' | 'query'>,
  bytes: Buffer,
): Promise<Decoded> {
  const plain = headers['content-encoding'] === 'gzip' ? await inflateBody(bytes) : bytes;
  const contentType = headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/related')) return fromMultipart(contentType, plain);
  const isChunk = target.upload && 'upload_id' in target.query;
  if (isChunk || (target.upload && !contentType.startsWith('application/json'))) {
    return { body: undefined, media: { contentType, bytes: plain } };
  }
  return { body: plain.length === 0 ? undefined : readJsonObject(plain.toString('utf8')), media: undefined };
}

async function inflateBody(bytes: Buffer): Promise<Buffer> {
  try {
    return await inflate(bytes);
  } catch {
    throw invalid('The request body is not valid gzip.');
  }
}

function fromMultipart(contentType: string, bytes: Buffer): { body: JsonObject; media: Media } {
  const { metadata, media } = readMultipart(contentType, bytes);
  return { body: metadata, media };
}
