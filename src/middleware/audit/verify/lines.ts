import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** One line of a file. `text` is undefined for what is no UTF-8 or longer than any event. */
export interface Line {
  readonly text: string | undefined;
  /** False for what follows the last line feed. */
  readonly whole: boolean;
}

/** A run of whole lines, or what is no line: cut off at the end of the file, or too long to be an event. */
export type Chunk =
  | { readonly bytes: Buffer; readonly lines: 'whole' }
  | { readonly lines: 'cut' }
  | { readonly lines: 'too long' };

const longest = 64 * 1024 * 1024;
const lineFeed = 10;

/** Yields whole lines together: an `await` for every line would cost more than its hash. */
export async function* chunksOf(path: string): AsyncGenerator<Chunk> {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const read of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    if (!Buffer.isBuffer(read)) continue;
    let bytes: Buffer = rest.length === 0 ? read : Buffer.concat([rest, read]);
    if (skipping) {
      const next = bytes.indexOf(lineFeed) + 1;
      if (next === 0) continue;
      bytes = bytes.subarray(next);
      skipping = false;
      yield { lines: 'too long' };
    }
    const stop = bytes.lastIndexOf(lineFeed) + 1;
    rest = bytes.subarray(stop);
    if (rest.length > longest) {
      rest = Buffer.alloc(0);
      skipping = true;
    }
    if (stop > 0) yield { bytes: bytes.subarray(0, stop), lines: 'whole' };
  }
  if (rest.length > 0 || skipping) yield { lines: 'cut' };
}

/** Yields the lines of each chunk together. */
export async function* linesOf(path: string): AsyncGenerator<Line[]> {
  for await (const chunk of chunksOf(path)) {
    if (chunk.lines === 'whole') yield wholeLines(chunk.bytes);
    else yield [{ text: undefined, whole: chunk.lines === 'too long' }];
  }
}

function wholeLines(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(lineFeed, start);
    const line = bytes.subarray(start, end);
    lines.push({ text: isUtf8(line) ? line.toString() : undefined, whole: true });
    start = end + 1;
  }
  return lines;
}
