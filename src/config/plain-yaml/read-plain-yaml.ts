import { readBlock } from './block.ts';
import { nextToken, NotPlain, type Cursor } from './cursor.ts';

/** Tabs, other ends of lines and what cannot be seen; documents and directives; anchors are met where they stand. */
const unusual = /[^\P{Cc}\n]|[\u2028\u2029\uFEFF]|^(?:---|\.\.\.|%)/mu;

/**
 * Reads YAML as most policies are written: blocks, flow collections, scalars with and without quotes. `undefined` for
 * everything else, and for whatever is wrong.
 */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  const start = text.startsWith('---\n') ? 4 : 0;
  const content = start === 0 ? text : text.slice(start);
  if (unusual.test(content) || !content.isWellFormed()) return undefined;
  const cursor: Cursor = { text: content, at: 0 };
  try {
    const column = nextToken(cursor);
    if (column < 0) return undefined;
    const value = readBlock(cursor, { column, depth: 0 }, { column: -1, depth: 0 });
    return nextToken(cursor) === -1 ? { value } : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}
