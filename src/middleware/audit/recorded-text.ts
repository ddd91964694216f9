import { sha256 } from './canonical.ts';
import type { RecordedText } from './events/definition.ts';

/** How much of a content the record holds. */
export type Detail = 'none' | 'hash' | 'full';

/** Hash and size of a text, with the text itself up to a limit. The hash is always over all of it. */
export function fullText(text: string, limit: number): RecordedText {
  const hashed = hashedText(text);
  if (hashed.bytes <= limit) return { text, ...hashed };
  const kept = Buffer.from(text)
    .subarray(0, limit)
    .toString()
    .replace(/\uFFFD+$/, '');
  return { text: kept, ...hashed, truncated: true };
}

export function hashedText(text: string): RecordedText {
  return { hash: sha256(text), bytes: Buffer.byteLength(text) };
}
