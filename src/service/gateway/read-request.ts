import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpRequest } from '../../call/normalise.ts';
import { RequestFault } from './request-fault.ts';
import { readMultipart } from './read-multipart.ts';

/** BigQuery takes queries of 1 MiB and rows of 10 MB; what is larger comes as an upload. */
const maximumBodyBytes = 16 * 1024 * 1024;

/**
 * Reads what a client sent: JSON whole, media as a stream.
 * @throws {RequestFault} with the status to answer.
 */
export async function readRequest(request: IncomingMessage): Promise<HttpRequest> {
  const { method = 'GET', url = '/', headers } = request;
  const type = headers['content-type'] ?? '';
  const stream = decoded(request);
  if (type.toLowerCase().startsWith('multipart/related')) {
    const { metadata, upload } = await readMultipart(stream, type);
    return { method, url, headers, body: parseJson(metadata), upload };
  }
  const text = await readText(stream);
  return { method, url, headers, body: text === '' ? undefined : parseJson(text) };
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip')
    throw new RequestFault(415, `The content encoding ${JSON.stringify(encoding)} is not known.`);
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maximumBodyBytes) throw new RequestFault(413, 'The request body is larger than 16 MiB.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestFault(400, 'The request body is not JSON.', { cause });
  }
}
