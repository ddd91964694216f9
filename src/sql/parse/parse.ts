import type { Script } from '../ast/index.ts';
import type { Gap } from '../gaps.ts';
import { lex, type Token } from '../lexer/index.ts';
import type { Limits } from '../limits.ts';
import { readScript } from './read.ts';
import { Refusal } from './refusal.ts';
import { openSource } from './source.ts';

/** A text with its tree. There is a tree only if every token of the text found its place in it. */
export interface Parsed {
  readonly text: string;
  readonly script?: Script;
  readonly tokens: readonly Token[];
  readonly gaps: readonly Gap[];
}

/**
 * Reads GoogleSQL as BigQuery has it: one statement or a script. Never throws on a text; what cannot
 * be read, or could be read in two ways, is a gap, and then there is no tree.
 */
export const parse = (text: string, limits?: Limits): Parsed => {
  const lexed = lex(text, limits);
  const base = { text, tokens: lexed.tokens, gaps: lexed.gaps };
  if (lexed.gaps.length > 0) return base;
  try {
    return { ...base, script: readScript(openSource(text, lexed)) };
  } catch (error) {
    return { ...base, gaps: [gapOf(error, text)] };
  }
};

const gapOf = (error: unknown, text: string): Gap => {
  if (error instanceof Refusal) return error.gap;
  const range = { start: 0, end: text.length };
  if (error instanceof RangeError) return { code: 'limit', message: 'The text nests too deeply.', range };
  return { code: 'misread', message: 'The tree of this text is not as it should be.', range };
};
