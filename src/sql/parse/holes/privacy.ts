import type { Select } from '../../ast/index.ts';
import { readExpression } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { leaveOut, splitAtCommas, type Finder } from './scan.ts';

type Privacy = NonNullable<Select['privacy']>;

const kinds: ReadonlySet<string> = new Set([
  'DIFFERENTIAL_PRIVACY',
  'ANONYMIZATION',
  'AGGREGATION_THRESHOLD',
]);

/** `SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (…)`: noted at the SELECT that it stands behind. */
export const privacy: Finder = (scan, index) => {
  const { source } = scan;
  const kind = keywordAt(source, index + 1);
  if (!kinds.has(kind) || keywordAt(source, index - 1) !== 'SELECT') return undefined;
  const open = index + 3;
  const optional = keywordAt(source, index + 2) === 'OPTIONS' && keywordAt(source, open) === '(';
  const next = optional ? tokenAt(source, open).match + 1 : index + 2;
  scan.holes.privacies.set(tokenAt(source, index - 1).start, () => ({
    kind,
    ...(optional ? unitOf(source, open + 1, next - 1) : {}),
  }));
  return leaveOut(scan, index, next);
};

/** Only the unit is a column; the other options are constants. */
const unitOf = (source: Source, from: number, to: number): Pick<Privacy, 'unit'> => {
  let unit: Pick<Privacy, 'unit'> = {};
  for (const option of splitAtCommas(source, from, to)) {
    if (keywordAt(source, option.from + 1) !== '=')
      refuse('syntax', 'An option needs a value.', rangeOfTokens(source, option.from, option.to));
    if (keywordAt(source, option.from) === 'PRIVACY_UNIT_COLUMN') {
      unit = { unit: readExpression(source, option.from + 2, option.to) };
    } else mustBeConstant(source, option.from + 2, option.to);
  }
  return unit;
};

const constants: ReadonlySet<string> = new Set('integer float string word - + ( ) ,'.split(' '));

/** A number, a word that names a strategy, or several of them in a STRUCT. */
const mustBeConstant = (source: Source, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) {
    const { kind, keyword } = tokenAt(source, index);
    if (!constants.has(kind === 'symbol' ? keyword : kind) || keyword === 'SELECT')
      refuse('unsupported', 'An option of this form is not analysed.', tokenAt(source, index));
  }
};

/** `ANON_SUM(x CLAMPED BETWEEN 0 AND 100)`: bounds are constants. */
export const clamped: Finder = (scan, index) => {
  const { source } = scan;
  const open = scan.levels.at(-1)?.open ?? -1;
  if (open < 0 || keywordAt(source, index + 1) !== 'BETWEEN') return undefined;
  const close = tokenAt(source, open).match;
  mustBeConstant(source, index + 2, close);
  return leaveOut(scan, index, close);
};
