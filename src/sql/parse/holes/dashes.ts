import { keywordAt, tokenAt } from '../source.ts';
import { replace, type Finder, type Scan } from './scan.ts';

/**
 * `salary-0` is a subtraction; the parser takes it for one name. Dashes belong to a name only at the
 * start of a table path, everywhere else they are set apart.
 */
export const dash: Finder = (scan, index) => {
  const { source } = scan;
  const token = tokenAt(source, index);
  const before = source.tokens[index - 1];
  const touches = before?.end === token.start && (before.kind === 'word' || before.kind === 'integer');
  if (!touches) return undefined;
  const after = source.tokens[index + 1];
  const joins = after?.start === token.end && (after.kind === 'word' || after.kind === 'integer');
  // In a path the name is ours to read, and one word is safe with every reader.
  return replace(scan, index, index + 1, joins && isTablePath(scan, index - 1) ? '_' : ' - ');
};

const starters: ReadonlySet<string> = new Set(
  (
    'FROM JOIN INTO UPDATE TABLE VIEW MERGE USING DELETE INSERT EXISTS FUNCTION PROCEDURE SCHEMA CALL COPY CLONE ' +
    'OVERWRITE MODEL CONNECTION TRUNCATE'
  ).split(' '),
);

const isTablePath = (scan: Scan, index: number): boolean => {
  const { source } = scan;
  let first = index;
  while (isJoined(scan, first)) first -= 2;
  const before = first === scan.from ? '' : keywordAt(source, first - 1);
  const level = scan.levels.at(-1);
  if (before === 'FROM') return level?.clause === 'FROM' || level?.clause === '' ? !isExtract(scan) : false;
  if (before === ',' || before === '' || before === '(') return level?.clause === 'FROM';
  return starters.has(before);
};

const isExtract = (scan: Scan): boolean => {
  const open = scan.levels.at(-1)?.open ?? -1;
  return open > 0 && keywordAt(scan.source, open - 1) === 'EXTRACT';
};

/** True if the word before the dash before this word touches both. */
const isJoined = (scan: Scan, index: number): boolean => {
  const { source } = scan;
  const word = source.tokens[index];
  const mark = source.tokens[index - 1];
  const before = source.tokens[index - 2];
  const touches = word?.start === mark?.end && mark?.start === before?.end;
  return mark?.keyword === '-' && touches && index - 2 >= scan.from && before?.kind === 'word';
};
