import { readExpression } from '../read.ts';
import { keywordAt, tokenAt } from '../source.ts';
import { endBefore, leaveOut, type Finder, type Scan } from './scan.ts';
import { namesCreatedTable } from './statements.ts';

/** `b INT64 GENERATED ALWAYS AS (a + 1) STORED`. */
export const generated: Finder = (scan, index) => {
  const always = keywordAt(scan.source, index + 1) === 'ALWAYS' && keywordAt(scan.source, index + 2) === 'AS';
  return always ? generatedAs(scan, index, index + 3) : undefined;
};

/** `b INT64 AS (a + 1) STORED`, the short form. */
export const generatedShort: Finder = (scan, index) => {
  const list = scan.levels.at(-1)?.open ?? -1;
  return list > 0 && namesCreatedTable(scan, list - 1) ? generatedAs(scan, index, index + 1) : undefined;
};

const generatedAs = (scan: Scan, index: number, open: number): number | undefined => {
  const { source } = scan;
  const { keyword, match } = tokenAt(source, open);
  if (keyword !== '(') return undefined;
  scan.holes.generated.set(endBefore(scan, index), () => readExpression(source, open + 1, match));
  return leaveOut(scan, index, keywordAt(source, match + 1) === 'STORED' ? match + 2 : match + 1);
};
