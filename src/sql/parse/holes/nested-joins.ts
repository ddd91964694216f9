import { refuse } from '../refusal.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { endBefore, skipTo, type Finder, type Scan } from './scan.ts';

const endsCondition: ReadonlySet<string> = new Set(
  ', ; |> ) JOIN ON USING WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT UNION INTERSECT SELECT WHEN'.split(
    ' ',
  ),
);

/** `a JOIN b JOIN c ON x ON y`: the parser has parentheses for what GoogleSQL tells from the order of conditions. */
export const joinCondition: Finder = (scan, index) => {
  const { source } = scan;
  const level = scan.levels.at(-1);
  if (level?.clause !== 'FROM') return undefined;
  const next = skipTo(source, index + 1, scan.to, (keyword) => endsCondition.has(keyword));
  const after = keywordAt(source, next);
  if (next >= scan.to || (after !== 'ON' && after !== 'USING')) return undefined;
  const join = joinOf(source, next, Math.max(scan.from, level.open + 1));
  insert(scan, tokenAt(source, join + 1).start, '(');
  insert(scan, endBefore(scan, next), ')');
  return undefined;
};

const deepest = 100;

/** The JOIN that a condition belongs to: those between them have conditions of their own. */
const joinOf = (source: Source, condition: number, from: number): number => {
  let open = 1;
  for (let index = condition - 1; index > from && open <= deepest; index -= 1) {
    const { keyword, match } = tokenAt(source, index);
    if ((keyword === ')' || keyword === ']') && match >= 0) index = match;
    else if (keyword === 'ON' || keyword === 'USING') open += 1;
    else if (keyword === 'JOIN' && keywordAt(source, index - 1) !== 'CROSS') open -= 1;
    else if (keyword === ',' || keyword === 'FROM') break;
    if (open === 0) return index;
  }
  return refuse('unsupported', 'It is not clear which join this belongs to.', tokenAt(source, condition));
};

const insert = (scan: Scan, at: number, text: string): void => {
  const { edits } = scan.holes;
  const edit = { start: at, end: at, text };
  const place = edits.findLastIndex((each) => each.start < at || (each.start === at && text === ')'));
  edits.splice(place + 1, 0, edit);
};
