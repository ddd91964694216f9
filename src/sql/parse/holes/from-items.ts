import type { Expression, FromItem, Name, Unnest } from '../../ast/index.ts';
import { readExpression, readItem, readQuery } from '../read.ts';
import { startsQuery, type Region } from '../pipes/regions.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { isNameToken, leaveOut, replace, skipTo, splitAtCommas, type Finder } from './scan.ts';
import { standIn } from './words.ts';

/** `LATERAL (SELECT …)`: a query that may name the items before it. */
export const lateral: Finder = (scan, index) => {
  const { source } = scan;
  const open = source.tokens[index + 1];
  const before = keywordAt(source, index - 1);
  if (open?.keyword !== '(' || (before !== ',' && before !== 'JOIN')) return undefined;
  scan.holes.fromItems.set(tokenAt(source, index).start, () => ({
    type: 'derivedTable',
    query: readQuery(source, index + 2, open.match),
    lateral: true,
    range: rangeOfTokens(source, index, open.match + 1),
  }));
  return replace(scan, index, open.match + 1, standIn);
};

/** `UNNEST(a AS x, b AS y, mode => 'PAD')`, and `MERGE … USING UNNEST(…)`: the parser knows one array, in FROM. */
export const unnest: Finder = (scan, index) => {
  const { source } = scan;
  const open = source.tokens[index + 1];
  if (open?.keyword !== '(' || keywordAt(source, index - 1) === 'IN') return undefined;
  const parts = argumentsOf(source, index + 2, open.match);
  const [only] = parts;
  if (only === undefined) return undefined;
  const named = skipTo(source, only.from, only.to, (keyword) => keyword === 'AS') < only.to;
  if (parts.length === 1 && !named && keywordAt(source, index - 1) !== 'USING') return undefined;
  scan.holes.fromItems.set(tokenAt(source, index).start, () => arrays(source, index, open.match));
  return replace(scan, index, open.match + 1, standIn);
};

/** The parts between commas, those of a type in `ARRAY<STRUCT<a INT64, b INT64>>` aside. */
const argumentsOf = (source: Source, from: number, to: number): readonly Region[] => {
  const parts: Region[] = [];
  let start = from;
  for (const part of splitAtCommas(source, from, to)) {
    if (angles(source, start, part.to) > 0) continue;
    parts.push({ from: start, to: part.to });
    start = part.to + 1;
  }
  return parts;
};

/** How many `<` of types are open at the end. */
const angles = (source: Source, from: number, to: number): number => {
  let open = 0;
  for (let index = from; index < to; index += 1) {
    const { keyword } = tokenAt(source, index);
    const before = keywordAt(source, index - 1);
    if (keyword === '<' && (before === 'ARRAY' || before === 'STRUCT' || before === 'RANGE')) open += 1;
    else if (open > 0 && (keyword === '>' || keyword === '>>')) open -= keyword.length;
  }
  return open;
};

const arrays = (source: Source, index: number, close: number): FromItem => {
  const list: { value: Expression; alias?: Name }[] = [];
  let mode: Expression | undefined;
  for (const { from, to } of argumentsOf(source, index + 2, close)) {
    if (mode !== undefined) return refuse('syntax', 'The mode comes last.', tokenAt(source, from));
    if (keywordAt(source, from + 1) !== '=>') list.push(readItem(source, from, to));
    else if (keywordAt(source, from) === 'MODE') mode = readExpression(source, from + 2, to);
    else return refuse('syntax', 'UNNEST has no such argument.', tokenAt(source, from));
  }
  const item: Unnest = { type: 'unnest', arrays: list, range: rangeOfTokens(source, index, close + 1) };
  return mode === undefined ? item : { ...item, mode };
};

const setOperators: ReadonlySet<string> = new Set(['UNION', 'INTERSECT', 'EXCEPT']);

/** `(SELECT 1) AS x UNION ALL …`: a name that nothing can use. */
export const queryName: Finder = (scan, index) => {
  const { source } = scan;
  const { keyword, match } = tokenAt(source, Math.max(0, index - 1));
  const clause = scan.levels.at(-1)?.clause ?? '';
  const isQuery = keyword === ')' && startsQuery(keywordAt(source, match + 1));
  const isOperand =
    (clause === '' || setOperators.has(clause)) && setOperators.has(keywordAt(source, index + 2));
  return isQuery && isOperand && isNameToken(source.tokens[index + 1])
    ? leaveOut(scan, index, index + 2)
    : undefined;
};
