import type { Name, Path } from '../../ast/index.ts';
import { namedBy, splitPath } from '../convert/names.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { isNameToken, splitAtCommas } from './scan.ts';

/** Reads the path of an object from tokens: `my-project.d.t`, `` `p.d.t` ``. */
export const readPath = (source: Source, from: number): { readonly path: Path; readonly next: number } => {
  const first = readPart(source, from);
  const names = [first.name];
  let next = first.next;
  while (keywordAt(source, next) === '.') {
    const token = tokenAt(source, next + 1);
    if (token.kind !== 'word' && token.kind !== 'quoted')
      return refuse('syntax', 'A name is expected.', token);
    names.push(namedBy(token));
    next += 2;
  }
  return { path: splitPath(source, names), next };
};

/** The first part, which may have dashes without blanks around them. */
const readPart = (source: Source, from: number): { readonly name: Name; readonly next: number } => {
  const first = tokenAt(source, from);
  if (!isNameToken(first)) return refuse('syntax', 'A name is expected.', first);
  let next = from + 1;
  while (first.kind === 'word' && isDash(source, next)) next += 2;
  const range = { start: first.start, end: tokenAt(source, next - 1).end };
  if (next === from + 1) return { name: namedBy(first), next };
  return { name: { name: source.text.slice(range.start, range.end), quoted: false, range }, next };
};

/** A dash that touches the words on both of its sides. */
const isDash = (source: Source, index: number): boolean => {
  const dash = source.tokens[index];
  const after = source.tokens[index + 1];
  const touches = dash?.start === source.tokens[index - 1]?.end && dash?.end === after?.start;
  return dash?.keyword === '-' && touches && (after?.kind === 'word' || after?.kind === 'integer');
};

/** One name that fills the tokens exactly. */
export const readName = (source: Source, from: number, to: number): Name => {
  const token = tokenAt(source, from);
  if (to !== from + 1 || !isNameToken(token)) return refuse('syntax', 'A name is expected.', token);
  return namedBy(token);
};

/** `a, b, c`, with or without parentheses around. */
export const readNames = (source: Source, from: number, to: number): readonly Name[] => {
  const { keyword, match } = tokenAt(source, from);
  if (keyword === '(' && match === to - 1) return readNames(source, from + 1, to - 1);
  if (from >= to || keywordAt(source, to - 1) === ',')
    return refuse('syntax', 'A name is expected.', tokenAt(source, to - 1));
  return splitAtCommas(source, from, to).map((part) => readName(source, part.from, part.to));
};
