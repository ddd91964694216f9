import type { Script } from '../ast/index.ts';
import { convertStatements } from './convert/statements.ts';
import { buildFragment } from './fragment.ts';
import { noHoles } from './holes/holes.ts';
import { checkEaten, type Reader } from './reader.ts';
import type { Source } from './source.ts';
import { readTree, type Program } from './tree.ts';

interface Wrap {
  readonly prefix: string;
  readonly suffix: string;
}

/** Reads the tokens from one index up to another as a text of its own, and checks the reading. */
export const readFragment = <Result>(
  source: Source,
  range: { readonly from: number; readonly to: number },
  wrap: Wrap,
  convert: (reader: Reader, program: Program) => Result,
): Result => {
  const { from, to } = range;
  const start = source.tokens[from]?.start ?? source.text.length;
  const end = source.tokens[to - 1]?.end ?? start;
  const holes = noHoles();
  const fragment = buildFragment(source.safe, { start, end }, holes.edits, wrap);
  const reader: Reader = { source, fragment, holes, from, to, eaten: new Map() };
  const result = convert(reader, readTree(fragment, { start, end }));
  checkEaten(reader);
  return result;
};

export const readScript = (source: Source): Script => {
  const range = { start: 0, end: source.text.length };
  const all = { from: 0, to: source.tokens.length };
  if (source.tokens.length === 0) return { type: 'script', statements: [], range };
  const statements = readFragment(source, all, { prefix: '', suffix: '' }, convertStatements);
  return { type: 'script', statements, range };
};
