import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { systemCode } from '../../../call/system-code.ts';
import type { RecordPlace, RecordPortion, RecordSource } from '../sinks/record-source.ts';
import { closedSegments, segmentNumber, segmentPath } from './segments.ts';

/** What one process has made durable of the chain that it writes. */
export class DurableChain implements RecordSource {
  readonly #listeners: Set<() => void> = new Set();
  #path: string | undefined;
  /** The segment that is written to, and how many of its bytes are durable. */
  #end: RecordPlace = { segment: 0, offset: 0 };

  get chain(): string | undefined {
    return this.#path === undefined ? undefined : basename(this.#path, '.jsonl');
  }

  /** Tells that the chain is durable up to here. */
  reached(path: string, end: RecordPlace): void {
    this.#path = path;
    this.#end = end;
    for (const listener of this.#listeners) listener();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async read(from: RecordPlace | undefined, bytes: number): Promise<RecordPortion | undefined> {
    const path = this.#path;
    if (path === undefined) return undefined;
    const end = this.#end;
    let place = from ?? { segment: await firstSegment(path, end.segment), offset: 0 };
    for (; place.segment <= end.segment; place = { segment: place.segment + 1, offset: 0 }) {
      const portion = await readSegment(
        path,
        place,
        place.segment === end.segment ? end.offset : undefined,
        bytes,
      );
      if (portion !== undefined) return portion;
    }
    return undefined;
  }
}

/** Older segments may have been removed when their time was over. */
async function firstSegment(path: string, last: number): Promise<number> {
  const [oldest] = closedSegments(path, await readdir(dirname(path)));
  return oldest === undefined ? last : (segmentNumber(oldest) ?? last);
}

async function readSegment(
  path: string,
  { segment, offset }: RecordPlace,
  limit: number | undefined,
  bytes: number,
): Promise<RecordPortion | undefined> {
  const file = await openSegment(path, segment, limit !== undefined);
  if (file === undefined) return undefined;
  try {
    const left = (limit ?? (await file.stat()).size) - offset;
    for (let length = bytes; ; length *= 2) {
      const chunk = await readAt(file, offset, Math.min(length, Math.max(0, left)));
      const end = chunk.lastIndexOf(lineFeed) + 1;
      if (end > 0) {
        const lines = chunk.toString('utf8', 0, end - 1).split('\n');
        return { lines, next: { segment, offset: offset + end } };
      }
      if (length >= left) return undefined;
    }
  } finally {
    await file.close();
  }
}

const lineFeed = 0x0a;

/** The last segment gets its number when it is closed, at any moment; whoever has it open then keeps it. */
async function openSegment(path: string, segment: number, isLast: boolean): Promise<FileHandle | undefined> {
  const closed = await openIfThere(segmentPath(path, segment));
  if (closed !== undefined || !isLast) return closed;
  const current = await openIfThere(path);
  const closedMeanwhile = await openIfThere(segmentPath(path, segment));
  if (closedMeanwhile === undefined) return current;
  await current?.close();
  return closedMeanwhile;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(chunk, read, length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return chunk.subarray(0, read);
}
