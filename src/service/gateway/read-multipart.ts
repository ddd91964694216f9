import { Readable } from 'node:stream';
import type { Upload } from '../../call/call.ts';
import { RequestFault } from './request-fault.ts';

interface MultipartRequest {
  readonly metadata: string;
  readonly upload: Upload;
}

/** The metadata of a load job is small; what comes before the media may not fill the memory. */
const maximumHeadBytes = 1024 * 1024;

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Reads `multipart/related` as BigQuery's uploads use it (RFC 2387): a JSON part, then one part of media, which
 * is handed on as a stream.
 * @throws {RequestFault} 400 when the parts are not there.
 */
export async function readMultipart(stream: Readable, contentType: string): Promise<MultipartRequest> {
  const boundary = boundaryOf(contentType);
  const source = new Cursor(stream[Symbol.asyncIterator]());
  await source.until(Buffer.from(`--${boundary}\r\n`));
  await source.until(headEnd);
  const metadata = await source.until(Buffer.from(`\r\n--${boundary}\r\n`));
  const head = await source.until(headEnd);
  const media = Readable.from(source.rest(Buffer.from(`\r\n--${boundary}--`)));
  return { metadata: metadata.toString('utf8'), upload: { contentType: typeOf(head), stream: media } };
}

function boundaryOf(contentType: string): string {
  const match = /boundary="?([^";]{1,70})"?/i.exec(contentType);
  if (match?.[1] === undefined) throw new RequestFault(400, 'The upload names no boundary.');
  return match[1];
}

function typeOf(head: Buffer): string {
  const match = /^content-type:[ \t]*([^\r\n]+)/im.exec(head.toString('latin1'));
  return match?.[1]?.trim() ?? 'application/octet-stream';
}

/** Bytes that were read and not yet used, and where the next come from. */
class Cursor {
  #held: Buffer = Buffer.alloc(0);
  readonly #chunks: AsyncIterator<unknown>;

  constructor(chunks: AsyncIterator<unknown>) {
    this.#chunks = chunks;
  }

  async until(mark: Buffer): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        const found = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return found;
      }
      if (this.#held.length > maximumHeadBytes || !(await this.#more())) {
        throw new RequestFault(400, 'The upload is not of the form metadata, media.');
      }
    }
  }

  /** Everything up to the mark, while it arrives. */
  async *rest(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        yield this.#held.subarray(0, at);
        return;
      }
      const sure = this.#held.length - mark.length;
      if (sure > 0) {
        yield this.#held.subarray(0, sure);
        this.#held = this.#held.subarray(sure);
      }
      if (!(await this.#more())) throw new RequestFault(400, 'The upload broke off.');
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#held = Buffer.concat([this.#held, Buffer.isBuffer(value) ? value : Buffer.from(String(value))]);
    return true;
  }
}
