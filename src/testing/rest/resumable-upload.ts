import { randomUUID } from 'node:crypto';
import { textAt } from './fields.ts';
import { jobsInsert } from './jobs/jobs-insert.ts';
import { invalid, notFound } from './rest-error.ts';
import type { RestAnswer, RestRequest } from './rest-request.ts';
import type { Handler, Ids } from './routes.ts';
import type { Service } from './service.ts';

/** An upload that comes in several requests. */
export interface UploadSession {
  readonly request: RestRequest;
  readonly chunks: Buffer[];
  received: number;
}

/** `POST /upload/…`: multipart with everything in it, or the start of a resumable upload. */
export const startUpload =
  (service: Service): Handler =>
  (request, ids) => {
    if (textAt(request.query, 'upload_id') !== undefined) return continueUpload(service)(request, ids);
    if (request.query['uploadType'] !== 'resumable') return jobsInsert(service)(request, ids);
    const id = randomUUID();
    service.uploads.set(id, { request, chunks: [], received: 0 });
    const separator = request.url.includes('?') ? '&' : '?';
    const host = request.headers['host'] ?? 'localhost';
    const location = `http://${host}${request.url}${separator}upload_id=${id}`;
    return { status: 200, body: undefined, headers: { location, 'x-guploader-uploadid': id } };
  };

/** One chunk: 308 with what has arrived, and with the last one the job. */
export const continueUpload =
  (service: Service): Handler =>
  async (request, ids) => {
    const id = textAt(request.query, 'upload_id') ?? '';
    const session = service.uploads.get(id);
    if (session === undefined) throw notFound('Upload session');
    const range = readRange(request);
    addChunk(session, request, range.start);
    if (range.total === undefined || session.received < range.total) return incomplete(request, session);
    service.uploads.delete(id);
    return await finish(service, session, ids);
  };

interface ContentRange {
  readonly start: number | undefined;
  /** Absent as long as the sender does not know it. */
  readonly total: number | undefined;
}

function readRange({ headers, media }: RestRequest): ContentRange {
  const header = headers['content-range'];
  if (header === undefined) return { start: 0, total: media?.bytes.length ?? 0 };
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header);
  if (match === null) throw invalid('Invalid Content-Range');
  const [, start, total] = match;
  return {
    start: start === undefined ? undefined : Number(start),
    total: total === undefined || total === '*' ? undefined : Number(total),
  };
}

function addChunk(session: UploadSession, { media }: RestRequest, start: number | undefined): void {
  if (media === undefined || media.bytes.length === 0) return;
  if (start !== undefined && start !== session.received) {
    throw invalid(`The chunk starts at ${start}, but ${session.received} bytes have arrived.`);
  }
  session.chunks.push(media.bytes);
  session.received += media.bytes.length;
}

/** Go asks for 200 instead of 308, with the real status in a header. */
function incomplete({ headers }: RestRequest, { received }: UploadSession): RestAnswer {
  const range: Record<string, string> = received === 0 ? {} : { range: `bytes=0-${received - 1}` };
  if (headers['x-guploader-no-308'] !== 'yes') return { status: 308, body: undefined, headers: range };
  return { status: 200, body: undefined, headers: { ...range, 'x-http-status-code-override': '308' } };
}

async function finish(service: Service, { request, chunks }: UploadSession, ids: Ids): Promise<RestAnswer> {
  const contentType = request.headers['x-upload-content-type'] ?? 'application/octet-stream';
  const media = { contentType, bytes: Buffer.concat(chunks) };
  return await jobsInsert(service)({ ...request, media }, ids);
}
