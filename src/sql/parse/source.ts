import type { Range } from '../ast/node.ts';
import { lex, reservedWords, type Token } from '../lexer/index.ts';
import type { Lexed } from '../lexer/index.ts';
import { refuse } from './refusal.ts';

/** A text with its tokens, and the same text in a form that no two readers take differently. */
export interface Source {
  readonly text: string;
  /**
   * As long as `text`, with blanks for comments and hints, and with plain fillers for literals and
   * quoted names that need more than their first quote to be read: their values come from our tokens.
   */
  readonly safe: string;
  readonly tokens: readonly Token[];
  /** Token index by the offset where the token starts. */
  readonly starts: ReadonlyMap<number, number>;
  /** Number of each `?` by the offset where it stands. */
  readonly positional: ReadonlyMap<number, number>;
}

export const openSource = (text: string, lexed: Lexed = lex(text)): Source => {
  checkHints(lexed.tokens);
  const tokens = lexed.tokens.filter((token) => token.kind !== 'hint');
  const rematched = tokens.length === lexed.tokens.length ? tokens : rematch(tokens);
  const starts = new Map<number, number>();
  const positional = new Map<number, number>();
  for (const [index, token] of rematched.entries()) {
    starts.set(token.start, index);
    if (token.kind === 'parameter' && token.end - token.start === 1)
      positional.set(token.start, positional.size);
  }
  return { text, safe: safeText(text, lexed), tokens: rematched, starts, positional };
};

const beforeNoHint: ReadonlySet<string> = new Set(
  ', ( [ . = + - * / BY AS ON WHERE AND OR NOT LIKE'.split(' '),
);

const startsQuery: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'FROM', '(']);

/** Hints stand behind a statement's first word, a table, a call, SELECT and the like, never in an expression. */
const checkHints = (tokens: readonly Token[]): void => {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'hint') continue;
    const before = tokens[index - 1]?.keyword ?? '';
    const list = before === 'IN' && !startsQuery.has(tokens[index + 2]?.keyword ?? '');
    if (list || beforeNoHint.has(before)) refuse('syntax', 'A hint does not come here.', token);
  }
};

/** Bracket partners again, after hints were taken out of the list. */
const rematch = (tokens: readonly Token[]): Token[] => {
  const open: number[] = [];
  const copies = tokens.map((token) => ({ ...token }));
  for (const [index, token] of copies.entries()) {
    if ('([{'.includes(token.keyword) && token.keyword !== '') open.push(index);
    else if (')]}'.includes(token.keyword) && token.keyword !== '') pair(copies, open.pop() ?? -1, index);
  }
  return copies;
};

const pair = (tokens: Token[], opened: number, closed: number): void => {
  const opener = tokens[opened];
  const closer = tokens[closed];
  if (opener === undefined || closer === undefined) return;
  opener.match = closed;
  closer.match = opened;
};

const safeText = (text: string, lexed: Lexed): string => {
  const fillers: { start: number; end: number; text: string }[] = lexed.comments.map(blank);
  let before: Token | undefined;
  for (const token of lexed.tokens) {
    const filler = fill(text, token, before);
    if (filler !== undefined) fillers.push({ start: token.start, end: token.end, text: filler });
    before = token;
  }
  if (fillers.length === 0) return text;
  fillers.sort((left, right) => left.start - right.start);
  let safe = '';
  let from = 0;
  for (const filler of fillers) {
    safe += text.slice(from, filler.start) + filler.text;
    from = filler.end;
  }
  return safe + text.slice(from);
};

const blank = ({ start, end }: Range): { start: number; end: number; text: string } => ({
  start,
  end,
  text: ' '.repeat(end - start),
});

const plainQuoted = /^`[A-Za-z_][A-Za-z0-9_]*`$/;

const fill = (text: string, token: Token, before: Token | undefined): string | undefined => {
  const length = token.end - token.start;
  const { kind } = token;
  if (kind === 'hint') return ' '.repeat(length);
  if (kind === 'string') return `'${'x'.repeat(length - 2)}'`;
  if (kind === 'bytes') return `b'${'x'.repeat(length - 3)}'`;
  if (kind === 'quoted') {
    if (before?.keyword === '.') return '_'.repeat(length);
    const plain = plainQuoted.test(text.slice(token.start, token.end));
    return plain ? undefined : `\`${'x'.repeat(length - 2)}\``;
  }
  const unreadable = kind === 'word' && before?.keyword === '.' && isUnreadableField(token);
  return unreadable ? '_'.repeat(length) : undefined;
};

/** A field that needs no quotes after its dot although the word alone would be no name. */
const isUnreadableField = (token: Token): boolean =>
  reservedWords.has(token.keyword) || (token.keyword >= '0' && token.keyword < ':');

export const tokenAt = (source: Source, index: number): Token => {
  const token = source.tokens[index];
  if (token !== undefined) return token;
  const end = source.text.length;
  return refuse('syntax', 'The text ends too early.', { start: end, end });
};

export const keywordAt = (source: Source, index: number): string => source.tokens[index]?.keyword ?? '';

/** The range from one token up to, not including, another. */
export const rangeOfTokens = (source: Source, from: number, to: number): Range => {
  const start = source.tokens[from]?.start ?? source.text.length;
  return { start, end: to > from ? tokenAt(source, to - 1).end : start };
};
