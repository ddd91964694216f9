import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** One line of a file. `text` is undefined for what is no UTF-8 or longer than any event. */
export interface Line {
  readonly text: string | undefined;
  /** False for what follows the last line feed. */
  readonly whole: boolean;
}

const longest = 64 * 1024 * 1024;
const lineFeed = 10;

/** Yields the lines of each chunk together: an `await` for every line would cost more than its hash. */
export async function* linesOf(path: string): AsyncGenerator<Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of chunksOf(path)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const stop = bytes.lastIndexOf(lineFeed) + 1;
    rest = bytes.subarray(stop);
    const lines = wholeLines(bytes, stop);
    if (skipping && lines.length > 0) {
      lines[0] = { text: undefined, whole: true };
      skipping = false;
    }
    if (rest.length > longest) {
      rest = Buffer.alloc(0);
      skipping = true;
    }
    yield lines;
  }
  if (rest.length > 0 || skipping) yield [{ text: undefined, whole: false }];
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 });
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk;
}

function wholeLines(bytes: Buffer, stop: number): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < stop;) {
    const end = bytes.indexOf(lineFeed, start);
    const line = bytes.subarray(start, end);
    lines.push({ text: isUtf8(line) ? line.toString() : undefined, whole: true });
    start = end + 1;
  }
  return lines;
}
