import type { Gap, GapCode } from '../gaps.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import {
  forbiddenEverywhere,
  isDigit,
  isDoubtfulLineEnd,
  isHexDigit,
  isNamePart,
  isNameStart,
} from './characters.ts';
import { decodeEscapes, toBytes } from './escapes.ts';
import { reservedWords } from './reserved.ts';
import type { Comment, Token, TokenKind } from './token.ts';

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly gaps: readonly Gap[];
}

interface State {
  readonly text: string;
  readonly limits: Limits;
  readonly tokens: Token[];
  readonly comments: Comment[];
  readonly gaps: Gap[];
  readonly open: number[];
  at: number;
}

const maximumGaps = 20;

/** Reads GoogleSQL into tokens in one pass. What two readers could take differently is a gap. */
export const lex = (text: string, limits: Limits = defaultLimits): Lexed => {
  const state: State = { text, limits, tokens: [], comments: [], gaps: [], open: [], at: 0 };
  if (text.length > limits.characters) {
    gap(state, 0, text.length, `The text is longer than ${limits.characters} characters.`, 'limit');
    return state;
  }
  while (state.at < text.length && state.gaps.length < maximumGaps && state.tokens.length <= limits.tokens) {
    readNext(state);
  }
  if (state.tokens.length > limits.tokens) {
    gap(state, state.at, state.at, `The text has more than ${limits.tokens} tokens.`, 'limit');
  }
  for (const index of state.open) bracketGap(state, index, 'is never closed');
  return state;
};

const gap = (state: State, start: number, end: number, message: string, code: GapCode = 'lexer'): void => {
  state.gaps.push({ code, message, range: { start, end } });
};

const push = (state: State, kind: TokenKind, end: number, value: string, keyword = ''): void => {
  state.tokens.push({ kind, start: state.at, end, value, keyword, match: -1 });
  state.at = end;
};

const readNext = (state: State): void => {
  const { text, at } = state;
  const code = text.charCodeAt(at);
  if (code === 32 || code === 10 || code === 9) state.at += 1;
  else if (isNameStart(code)) readWord(state);
  else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)) && !followsName(state)))
    readNumber(state);
  else if (code === 39 || code === 34) readString(state, at);
  else if (code === 96) readQuoted(state);
  else if (code === 35 || (code === 45 && text.charCodeAt(at + 1) === 45)) readLineComment(state);
  else if (code === 47 && text.charCodeAt(at + 1) === 42) readBlockComment(state);
  else if (code === 64) readAt(state);
  else if (code === 13 && text.charCodeAt(at + 1) === 10) state.at += 2;
  else readSymbol(state, code);
};

// Names

const endOfName = (text: string, from: number): number => {
  let end = from;
  while (isNamePart(text.charCodeAt(end))) end += 1;
  return end;
};

const stringPrefix = /^(?:r|b|rb|br)$/i;

const readWord = (state: State): void => {
  const { text, at } = state;
  const end = endOfName(text, at);
  const quote = text.charCodeAt(end);
  if ((quote === 39 || quote === 34) && end - at <= 2 && stringPrefix.test(text.slice(at, end))) {
    readString(state, end);
    return;
  }
  const name = text.slice(at, end);
  push(state, 'word', end, name, name.toUpperCase());
};

const readQuoted = (state: State): void => {
  const end = closingQuote(state, state.at + 1, '`', false);
  if (end === undefined) return;
  const inner = state.text.slice(state.at + 1, end - 1);
  const decoded = decodeEscapes(inner, false);
  if ('badEscape' in decoded) {
    gap(
      state,
      state.at + 1 + decoded.badEscape,
      state.at + 3 + decoded.badEscape,
      'An escape that GoogleSQL does not know.',
    );
  } else if (decoded.value === '') {
    gap(state, state.at, end, 'An empty name in back-quotes.');
  }
  push(state, 'quoted', end, 'value' in decoded ? decoded.value : inner);
};

// Strings

/** The offset after the closing quote, or undefined after a gap was noted and the text given up. */
const closingQuote = (state: State, from: number, quote: string, multiline: boolean): number | undefined => {
  const { text } = state;
  const first = quote.charCodeAt(0);
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === first && (quote.length === 1 || text.startsWith(quote, at))) return at + quote.length;
    if (code < 32 || code > 0xd7ff) {
      if (!multiline && (code === 10 || code === 13)) break;
      checkCharacter(state, at);
    }
    if (code === 92) {
      at += 1;
      const next = text.charCodeAt(at);
      if (next < 32 || next > 0xd7ff) {
        if (!multiline && (next === 10 || next === 13)) break;
        checkCharacter(state, at);
      }
    }
  }
  gap(state, state.at, Math.min(text.length, state.at + 1), 'A quote is never closed.');
  state.at = text.length;
  return undefined;
};

const checkCharacter = (state: State, at: number): void => {
  const reason = forbiddenEverywhere(state.text, at);
  if (reason !== undefined) gap(state, at, at + 1, `The text holds ${reason}.`);
};

const readString = (state: State, quoteAt: number): void => {
  const { text, at } = state;
  const prefix = text.slice(at, quoteAt).toLowerCase();
  const single = text.charAt(quoteAt);
  const quote = text.startsWith(single.repeat(3), quoteAt) ? single.repeat(3) : single;
  const end = closingQuote(state, quoteAt + quote.length, quote, quote.length === 3);
  if (end === undefined) return;
  const inner = text.slice(quoteAt + quote.length, end - quote.length);
  const bytes = prefix.includes('b');
  const value = decodeString(state, inner, quoteAt + quote.length, { bytes, raw: prefix.includes('r') });
  push(state, bytes ? 'bytes' : 'string', end, value);
};

const decodeString = (
  state: State,
  inner: string,
  start: number,
  form: { readonly bytes: boolean; readonly raw: boolean },
): string => {
  const lines = inner.includes('\r') ? inner.replaceAll('\r\n', '\n') : inner;
  const plain = form.bytes ? toBytes(lines) : lines;
  if (form.raw || !plain.includes('\\')) return plain;
  const decoded = decodeEscapes(plain, form.bytes);
  if ('value' in decoded) return decoded.value;
  gap(state, start, start + inner.length, 'A string holds an escape that GoogleSQL does not know.');
  return plain;
};

// Numbers

const numberForm = /0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;

/** True where a dot that comes next is a field access: `t.1`, not `SELECT .1`. */
const followsName = (state: State): boolean => {
  const before = state.tokens.at(-1);
  if (before === undefined) return false;
  if (before.kind === 'symbol') return before.keyword === ')' || before.keyword === ']';
  return before.kind !== 'word'
    ? before.kind === 'quoted'
    : !reservedWords.has(before.keyword) || isField(state, -2);
};

const isField = (state: State, index: number): boolean => state.tokens.at(index)?.keyword === '.';

/** `a-1` without blanks may be a part of a dashed project name, whose parts are digits and letters. */
const isDashPart = (state: State): boolean => {
  const dash = state.tokens.at(-1);
  const before = state.tokens.at(-2);
  return (
    dash?.keyword === '-' &&
    dash.end === state.at &&
    before !== undefined &&
    before.end === dash.start &&
    (before.kind === 'word' || before.kind === 'integer')
  );
};

const readNumber = (state: State): void => {
  const { text, at } = state;
  if (isField(state, -1)) {
    const end = endOfName(text, at);
    push(state, 'word', end, text.slice(at, end), text.slice(at, end).toUpperCase());
    return;
  }
  numberForm.lastIndex = at;
  const found = numberForm.exec(text)?.[0] ?? text.charAt(at);
  const end = at + found.length;
  if (!isNamePart(text.charCodeAt(end))) push(state, isInteger(found) ? 'integer' : 'float', end, found);
  else if (isDashPart(state)) readDashPart(state, found);
  else {
    gap(state, at, endOfName(text, end), 'A number runs into a name: a blank is missing.');
    state.at = endOfName(text, end);
  }
};

const isInteger = (digits: string): boolean =>
  isHexDigit(digits.charCodeAt(digits.length - 1)) && !/[.]|^[0-9]+e/i.test(digits);

const readDashPart = (state: State, found: string): void => {
  const dot = found.indexOf('.');
  const end = dot === -1 ? endOfName(state.text, state.at) : state.at + dot;
  const value = state.text.slice(state.at, end);
  push(state, dot === -1 ? 'word' : 'integer', end, value, dot === -1 ? value.toUpperCase() : '');
};

// Comments

const legacyDirective = /^#\s*(?:legacy|standard)sql/i;

const readLineComment = (state: State): void => {
  const { text, at } = state;
  const lineEnd = text.indexOf('\n', at);
  const end = lineEnd === -1 ? text.length : lineEnd;
  if (text.charCodeAt(at) === 35 && legacyDirective.test(text.slice(at, at + 40))) {
    gap(state, at, end, 'A dialect directive changes how the text is read. Remove it.');
  }
  addComment(state, text.charCodeAt(end - 1) === 13 && lineEnd !== -1 ? end - 1 : end, true);
};

const readBlockComment = (state: State): void => {
  const close = state.text.indexOf('*/', state.at + 2);
  if (close === -1) {
    gap(state, state.at, state.at + 2, 'A comment is never closed.');
    state.at = state.text.length;
  } else addComment(state, close + 2, false);
};

const parserDirective = /sql-parser-cst-(?:disable|enable)/i;

const addComment = (state: State, end: number, line: boolean): void => {
  const start = state.at;
  const { text } = state;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 0xd7ff) checkCharacter(state, at);
    else if (line && code > 127 && isDoubtfulLineEnd(code))
      gap(state, at, at + 1, 'A comment holds a doubtful line end.');
  }
  if (parserDirective.test(text.slice(start, end))) {
    gap(state, start, end, 'A comment would hide text from the parser. Remove it.');
  }
  state.comments.push({ kind: 'comment', start, end });
  state.at = end;
};

// Parameters, system variables, hints

const readAt = (state: State): void => {
  const { text, at } = state;
  const next = text.charCodeAt(at + 1);
  if (next === 64) readAtName(state, 'systemVariable', 2);
  else if (next === 123) readHint(state);
  else if (isDigit(next))
    push(state, 'hint', endOfName(text, at + 1), text.slice(at + 1, endOfName(text, at + 1)));
  else readAtName(state, 'parameter', 1);
};

const readAtName = (state: State, kind: TokenKind, prefix: number): void => {
  const { text, at } = state;
  const from = at + prefix;
  if (text.charCodeAt(from) === 96) {
    const end = closingQuote(state, from + 1, '`', false);
    if (end === undefined) return;
    const decoded = decodeEscapes(text.slice(from + 1, end - 1), false);
    if ('badEscape' in decoded) gap(state, at, end, 'An escape that GoogleSQL does not know.');
    push(state, kind, end, 'value' in decoded ? decoded.value : '');
  } else if (isNameStart(text.charCodeAt(from))) {
    push(state, kind, endOfName(text, from), text.slice(from, endOfName(text, from)));
  } else {
    gap(state, at, from, 'A parameter without a name.');
    state.at = from;
  }
};

const readHint = (state: State): void => {
  const close = state.text.indexOf('}', state.at);
  const inner = close === -1 ? '' : state.text.slice(state.at + 2, close);
  if (
    close === -1 ||
    /[^\w\s=,.'"-]|--/.test(inner) ||
    /['"][^'"]*$/.test(inner.replace(/'[^'"]*'|"[^'"]*"/g, ''))
  ) {
    gap(
      state,
      state.at,
      close === -1 ? state.at + 2 : close + 1,
      'A hint that is not a list of names and plain values.',
    );
  }
  push(state, 'hint', close === -1 ? state.text.length : close + 1, inner);
};

// Symbols

const longSymbols = ['|>', '||', '<<', '<=', '<>', '>=', '!=', '=>', '->', '+=', '-='];
// `$` has a place in row patterns only; the reader refuses it elsewhere.
const symbols = '+-*/%~^&|=<>()[]{},.;:?!$';

const readSymbol = (state: State, code: number): void => {
  const { text, at } = state;
  const one = text.charAt(at);
  if (!symbols.includes(one)) {
    refuseCharacter(state, code);
    return;
  }
  const two = text.slice(at, at + 2);
  const symbol = two.length === 2 && longSymbols.includes(two) ? two : one;
  if (symbol === '?') push(state, 'parameter', at + 1, '');
  else {
    push(state, 'symbol', at + symbol.length, symbol, symbol);
    if ('([{'.includes(symbol)) openBracket(state);
    else if (')]}'.includes(symbol)) closeBracket(state, symbol);
  }
};

const refuseCharacter = (state: State, code: number): void => {
  const { at } = state;
  const reason = forbiddenEverywhere(state.text, at);
  const shown = `U+${(state.text.codePointAt(at) ?? code).toString(16).toUpperCase().padStart(4, '0')}`;
  const length = (state.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  const message =
    reason === undefined
      ? `The character ${shown} has no place outside of quotes.`
      : `The text holds ${reason}.`;
  gap(state, at, at + length, message);
  state.at += length;
};

/** Nothing after a limit is read, and what is open stays so. */
const giveUp = (state: State): void => {
  state.open.length = 0;
  state.at = state.text.length;
};

// Brackets

const openers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const openBracket = (state: State): void => {
  state.open.push(state.tokens.length - 1);
  if (state.open.length === state.limits.nesting + 1) {
    const message = `Brackets nest deeper than ${state.limits.nesting}.`;
    gap(state, state.at - 1, state.at, message, 'limit');
    giveUp(state);
  }
};

const closeBracket = (state: State, symbol: string): void => {
  const index = state.tokens.length - 1;
  const opened = state.open.pop();
  const opener = opened === undefined ? undefined : state.tokens[opened];
  const closer = state.tokens[index];
  if (
    opened === undefined ||
    opener === undefined ||
    closer === undefined ||
    opener.keyword !== openers[symbol]
  ) {
    bracketGap(state, index, 'closes nothing');
    return;
  }
  opener.match = index;
  closer.match = opened;
};

const bracketGap = (state: State, index: number, what: string): void => {
  const token = state.tokens[index];
  if (token !== undefined && state.gaps.length < maximumGaps) {
    gap(state, token.start, token.end, `The bracket ${token.keyword} ${what}.`, 'syntax');
  }
};
