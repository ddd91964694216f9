import type { Expression, Name, SelectStar } from '../../ast/index.ts';
import { readItem } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { readNames } from './paths.ts';
import { endBefore, isNameToken, leaveOut, splitAtCommas, type Finder, type Scan } from './scan.ts';

const isModifier = (source: Source, index: number): boolean => {
  const keyword = keywordAt(source, index);
  return (keyword === 'EXCEPT' || keyword === 'REPLACE') && keywordAt(source, index + 1) === '(';
};

const beforeStar: ReadonlySet<string> = new Set(['SELECT', ',', 'DISTINCT', 'ALL', 'STRUCT', 'VALUE']);

/** `* EXCEPT (…) REPLACE (…)`: the parser reads one of the two. */
export const bareStar: Finder = (scan, index) => {
  const starts = index === scan.from || beforeStar.has(keywordAt(scan.source, index - 1));
  if (!starts || !isModifier(scan.source, index + 1)) return undefined;
  return starTail(scan, index + 1, index + 1);
};

/** `a.b.*`, `f(x).*`, `(SELECT …).*`: the parser reads `a.*` alone. */
export const fieldStar: Finder = (scan, index) => {
  const { source } = scan;
  if (keywordAt(source, index + 1) !== '*') return undefined;
  const plain = isNameToken(source.tokens[index - 1]) && keywordAt(source, index - 2) !== '.';
  if (plain && !isModifier(source, index + 2)) return undefined;
  return starTail(scan, index, index + 2);
};

/** Takes out the tokens from `from` on; the modifiers start at `modifiers`. */
const starTail = (scan: Scan, from: number, modifiers: number): number => {
  const { source } = scan;
  let next = modifiers;
  let except: readonly Name[] = [];
  let replace: SelectStar['replace'] = [];
  if (keywordAt(source, next) === 'EXCEPT' && isModifier(source, next)) {
    const close = tokenAt(source, next + 1).match;
    except = readNames(source, next + 1, close + 1);
    next = close + 1;
  }
  if (keywordAt(source, next) === 'REPLACE' && isModifier(source, next)) {
    const close = tokenAt(source, next + 1).match;
    replace = splitAtCommas(source, next + 2, close).map((part) => replacement(source, part.from, part.to));
    next = close + 1;
  }
  const range = rangeOfTokens(source, from, next);
  scan.holes.stars.set(endBefore(scan, from), (qualifier: Expression | undefined) => ({
    type: 'selectStar',
    ...(qualifier === undefined ? {} : { qualifier }),
    except,
    replace,
    range,
  }));
  return leaveOut(scan, from, next);
};

const replacement = (source: Source, from: number, to: number): SelectStar['replace'][number] => {
  const { value, alias } = readItem(source, from, to);
  return alias === undefined || keywordAt(source, to - 2) !== 'AS'
    ? refuse('syntax', 'REPLACE needs names.', rangeOfTokens(source, from, to))
    : { value, name: alias };
};
