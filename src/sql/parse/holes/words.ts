import type { DataType, Name } from '../../ast/index.ts';
import type { Token } from '../../lexer/index.ts';
import { readDataType, readExpression, readQuery } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import type { SetMatch } from './holes.ts';
import { readNames, readPath } from './paths.ts';
import { endBefore, isNameToken, leaveOut, replace, skipTo, type Finder, type Scan } from './scan.ts';

export const standIn = ' _ ';

/** `BOOLEAN`, `DOUBLE`, `VARCHAR(10)`: types that the parser does not know. Names come from our tokens. */
export const typeWord: Finder = (scan, index) => replace(scan, index, index + 1, 'STRING');

/** `WINDOW a AS b`: the parser wants parentheses around the name of the other window. */
export const windowName = (scan: Scan, index: number): number | undefined => {
  const { source } = scan;
  const named = scan.levels.at(-1)?.clause === 'WINDOW' && keywordAt(source, index - 1) === 'AS';
  const token = tokenAt(source, index);
  if (!named || !isNameToken(token)) return undefined;
  return replace(scan, index, index + 1, `(${source.safe.slice(token.start, token.end)})`);
};

/** `HASH JOIN` and `LOOKUP JOIN` say how to join, not what. */
export const joinHint: Finder = (scan, index) =>
  keywordAt(scan.source, index + 1) === 'JOIN' ? leaveOut(scan, index, index + 1) : undefined;

const beforeRowType: ReadonlySet<string> = new Set(['SELECT', 'DISTINCT', 'ALL']);

/** `SELECT AS d.type a, b`: a STRUCT whose fields have the names and order of a type. */
export const rowType: Finder = (scan, index) => {
  const { source } = scan;
  const type = source.tokens[index + 1];
  const follows = beforeRowType.has(keywordAt(source, index - 1)) && type?.keyword !== 'VALUE';
  if (!follows || !isNameToken(type)) return undefined;
  return replace(scan, index + 1, readPath(source, index + 1).next, 'STRUCT');
};

/** `DECIMAL '1'`: the parser takes the string for an alias. */
export const decimalLiteral: Finder = (scan, index) => {
  if (scan.source.tokens[index + 1]?.kind !== 'string') return undefined;
  const keyword = keywordAt(scan.source, index);
  return replace(scan, index, index + 1, keyword === 'DECIMAL' ? 'NUMERIC' : 'BIGNUMERIC');
};

/** `LIKE ANY (…)`: read as IN, whose right side looks the same. */
const likeAny: Finder = (scan, index) => {
  const word = keywordAt(scan.source, index + 1);
  if (!quantifiers.has(word)) return undefined;
  scan.holes.quantifiedLikes.set(tokenAt(scan.source, index).start, word === 'ALL' ? 'ALL' : 'ANY');
  return replace(scan, index, index + 2, 'IN');
};

const quantifiers: ReadonlySet<string> = new Set(['ANY', 'SOME', 'ALL']);

/** `a LIKE b`: the parser reads what follows twice, on every level that is nested in it; it binds as another operator does. */
export const like: Finder = (scan, index) => likeAny(scan, index) ?? plainLike(scan, index, index);

export const notLike: Finder = (scan, index) =>
  keywordAt(scan.source, index + 1) === 'LIKE' ? plainLike(scan, index, index + 1) : undefined;

const plainLike = (scan: Scan, from: number, index: number): number | undefined => {
  if (quantifiers.has(keywordAt(scan.source, index + 1)) || isTableLike(scan, index)) return undefined;
  scan.holes.likes.set(tokenAt(scan.source, from).start, { negated: from < index });
  return replace(scan, from, index + 1, 'IS DISTINCT FROM');
};

/** `CREATE TABLE a.b LIKE c.d`. */
const isTableLike = ({ source }: Scan, index: number): boolean => {
  let first = index - 1;
  while (keywordAt(source, first - 1) === '.' || keywordAt(source, first - 1) === '-') first -= 2;
  return keywordAt(source, first - 1) === 'TABLE' || keywordAt(source, first - 1) === 'EXISTS';
};

export const nullsOrder: Finder = (scan, index) => {
  const side = keywordAt(scan.source, index + 1);
  if (side !== 'FIRST' && side !== 'LAST') return undefined;
  scan.holes.nullOrders.set(endBefore(scan, index), side);
  return leaveOut(scan, index, index + 2);
};

/** `ORDER BY a COLLATE 'und:ci'`. */
export const collation: Finder = (scan, index) => {
  const { source } = scan;
  if (scan.levels.at(-1)?.clause !== 'ORDER' || keywordAt(source, index + 1) === '(') return undefined;
  scan.holes.collations.set(endBefore(scan, index), () => readExpression(source, index + 1, index + 2));
  return leaveOut(scan, index, index + 2);
};

const zoned: ReadonlySet<string> = new Set(['EXTRACT', 'CAST', 'SAFE_CAST']);

export const atTimeZone: Finder = (scan, index) => {
  const { source } = scan;
  if (keywordAt(source, index + 1) !== 'TIME' || keywordAt(source, index + 2) !== 'ZONE') return undefined;
  const open = scan.levels.at(-1)?.open ?? -1;
  if (open <= 0 || !zoned.has(keywordAt(source, open - 1))) return undefined;
  const close = tokenAt(source, open).match;
  scan.holes.timeZones.set(endBefore(scan, index), () => readExpression(source, index + 3, close));
  return leaveOut(scan, index, close);
};

const isSetOperation = (source: Source, index: number): boolean => {
  const keyword = keywordAt(source, index);
  const after = keywordAt(source, index + 1);
  const known = keyword === 'UNION' || keyword === 'INTERSECT' || keyword === 'EXCEPT';
  return known && (after === 'ALL' || after === 'DISTINCT');
};

const keeps: Readonly<Record<string, SetMatch['keep']>> = {
  FULL: 'full',
  LEFT: 'left',
  INNER: 'inner',
  OUTER: 'full',
};

/** `FULL OUTER UNION ALL BY NAME`: the words before the operation. */
export const setPrefix: Finder = (scan, index) => {
  const { source } = scan;
  const operation = keywordAt(source, index + 1) === 'OUTER' ? index + 2 : index + 1;
  if (!isSetOperation(source, operation)) return undefined;
  leaveOut(scan, index, operation);
  const keep = keeps[keywordAt(source, index)];
  return (
    setModifiers(scan, operation, keep) ?? refuse('syntax', 'BY NAME is missing.', tokenAt(source, operation))
  );
};

/** `UNION ALL BY NAME`, `UNION ALL STRICT CORRESPONDING BY (a, b)`: the words after the operation. */
export const setOperation: Finder = (scan, index) =>
  isSetOperation(scan.source, index) ? setModifiers(scan, index, undefined) : undefined;

const setModifiers = (
  scan: Scan,
  operation: number,
  prefix: SetMatch['keep'] | undefined,
): number | undefined => {
  const { source } = scan;
  const from = operation + 2;
  const strict = keywordAt(source, from) === 'STRICT';
  const word = strict ? from + 1 : from;
  const byName = keywordAt(source, word) === 'BY' && keywordAt(source, word + 1) === 'NAME';
  const corresponding = keywordAt(source, word) === 'CORRESPONDING';
  if (!byName && !corresponding) return undefined;
  const list = byName ? word + 2 : word + 1;
  const columns = columnList(source, list, byName ? 'ON' : 'BY');
  const keep = prefix ?? (strict || byName ? 'strict' : 'inner');
  scan.holes.setMatches.set(tokenAt(source, operation).start, {
    match: byName ? 'name' : 'corresponding',
    keep,
    ...(columns === undefined ? {} : { matchColumns: columns.names }),
  });
  return leaveOut(scan, from, columns?.next ?? list);
};

const columnList = (
  source: Source,
  index: number,
  word: string,
): { readonly names: ReturnType<typeof readNames>; readonly next: number } | undefined => {
  if (keywordAt(source, index) !== word || keywordAt(source, index + 1) !== '(') return undefined;
  const next = tokenAt(source, index + 1).match + 1;
  return { names: readNames(source, index + 1, next), next };
};

/** `WITH(a AS x, b AS a + 1, a * b)`. */
export const withExpression: Finder = (scan, index) => {
  const { source } = scan;
  if (keywordAt(source, index + 1) !== '(') return undefined;
  const close = tokenAt(source, index + 1).match;
  const next = close + 1;
  scan.holes.expressions.set(tokenAt(source, index).start, () => readWith(source, index, close));
  return replace(scan, index, next, standIn);
};

const readWith = (source: Source, index: number, close: number): ReturnType<typeof readExpression> => {
  const bindings: { name: ReturnType<typeof readNames>[number]; value: ReturnType<typeof readExpression> }[] =
    [];
  let from = index + 2;
  let comma = skipTo(source, from, close, (keyword) => keyword === ',');
  while (comma < close) {
    const [name] = readNames(source, from, from + 1);
    if (name === undefined || keywordAt(source, from + 1) !== 'AS') {
      return refuse('syntax', 'WITH needs names for its values.', rangeOfTokens(source, from, comma));
    }
    bindings.push({ name, value: readExpression(source, from + 2, comma) });
    from = comma + 1;
    comma = skipTo(source, from, close, (keyword) => keyword === ',');
  }
  if (bindings.length === 0)
    return refuse('syntax', 'WITH needs names for its values.', rangeOfTokens(source, index, close + 1));
  const result = readExpression(source, from, close);
  return { type: 'with', bindings, result, range: rangeOfTokens(source, index, close + 1) };
};

/** `x -> x + 1`, `(x, y) -> x + y` as an argument. */
export const lambda: Finder = (scan, index) => {
  const { source } = scan;
  const before = tokenAt(source, index - 1);
  const from = before.keyword === ')' ? before.match : index - 1;
  const ahead = keywordAt(source, from - 1);
  if (ahead !== '(' && ahead !== ',' && ahead !== '=>') return undefined;
  const end = skipTo(source, index + 1, scan.to, (keyword) => keyword === ',' || keyword === ')');
  if (before.keyword === ')') closeParentheses(scan, from);
  scan.holes.arguments.set(tokenAt(source, from).start, () => ({
    type: 'lambda',
    parameters: readNames(source, from, index),
    body: readExpression(source, index + 1, end),
  }));
  return replace(scan, from, end, standIn);
};

/** Nothing is open any more: the parameters were stepped over before the arrow was seen. */
const closeParentheses = (scan: Scan, from: number): void => {
  if (scan.levels.at(-1)?.open === from) scan.levels.pop();
};

/** `MODEL d.m` and `CONNECTION p.l.c` as an argument. */
export const objectArgument: Finder = (scan, index) => {
  const { source } = scan;
  const before = keywordAt(source, index - 1);
  if (before !== '(' && before !== ',' && before !== '=>') return undefined;
  if (!isNameToken(source.tokens[index + 1])) return undefined;
  const { path, next } = readPath(source, index + 1);
  const after = keywordAt(source, next);
  if (after !== ',' && after !== ')') return undefined;
  const type = keywordAt(source, index) === 'MODEL' ? 'model' : 'connection';
  scan.holes.arguments.set(tokenAt(source, index).start, () => ({ type, path }));
  return replace(scan, index, next, standIn);
};

/** `'a' 'b'` is one literal; the parser reads one at a time. */
export const adjacentLiterals: Finder = (scan, index) => {
  const { source } = scan;
  const first = tokenAt(source, index);
  if (first.kind !== 'string' && first.kind !== 'bytes') return undefined;
  let next = index + 1;
  let value = '';
  while (next < scan.to && isLiteral(source.tokens[next])) {
    const token = tokenAt(source, next);
    if (token.kind !== first.kind || token.start === endBefore(scan, next)) {
      return refuse('syntax', 'Two literals stand side by side.', token);
    }
    value += token.value;
    next += 1;
  }
  if (next === index + 1) return undefined;
  scan.holes.adjacent.set(first.end, { value, end: endBefore(scan, next) });
  return leaveOut(scan, index + 1, next);
};

const isLiteral = (token: Token | undefined): boolean => token?.kind === 'string' || token?.kind === 'bytes';

/** `RANGE<DATE> '[…)'`, the type `RANGE<DATE>`, and the function `RANGE(…)`. */
export const range: Finder = (scan, index) => {
  const { source } = scan;
  const asFrame = frame(scan, index);
  if (asFrame !== undefined) return asFrame;
  const after = keywordAt(source, index + 1);
  if (after === '(') return replace(scan, index, index + 1, '_RANGE');
  if (after !== '<') return undefined;
  const close = skipTo(source, index + 2, scan.to, (keyword) => keyword === '>');
  const literal = source.tokens[close + 1];
  const start = tokenAt(source, index).start;
  if (literal?.kind !== 'string') {
    scan.holes.dataTypes.set(start, () => rangeType(source, index, close));
    return replace(scan, index, close + 1, 'DATE');
  }
  scan.holes.expressions.set(start, () => ({
    type: 'rangeLiteral',
    elementType: readDataType(source, index + 2, close),
    value: literal.value,
    range: rangeOfTokens(source, index, close + 2),
  }));
  return replace(scan, index, close + 2, standIn);
};

const rangeType = (source: Source, index: number, close: number): DataType => ({
  type: 'rangeType',
  element: readDataType(source, index + 2, close),
  range: rangeOfTokens(source, index, close + 1),
});

/** `SET a = DEFAULT`. */
export const defaultValue: Finder = (scan, index) => {
  if (keywordAt(scan.source, index - 1) !== '=' || scan.levels.at(-1)?.clause !== 'SET') return undefined;
  const token = tokenAt(scan.source, index);
  const at = { start: token.start, end: token.end };
  scan.holes.expressions.set(token.start, () => ({ type: 'default', range: at }));
  return replace(scan, index, index + 1, standIn);
};

/** `ROWS BETWEEN n PRECEDING AND …`: the parser wants literals for the distances. */
export const frame: Finder = (scan, index) => {
  const { source } = scan;
  const open = scan.levels.at(-1)?.open ?? -1;
  if (open <= 0) return undefined;
  const close = tokenAt(source, open).match;
  const between = keywordAt(source, index + 1) === 'BETWEEN';
  const from = between ? index + 2 : index + 1;
  const and = between
    ? skipTo(source, from, close, (keyword, at) => keyword === 'AND' && endsBound(source, at))
    : close;
  if (!endsBound(source, and) || !endsBound(source, close)) return undefined;
  replaceDistance(scan, from, and);
  if (between) replaceDistance(scan, and + 1, close);
  return close;
};

const endsBound = (source: Source, index: number): boolean => {
  const last = keywordAt(source, index - 1);
  return last === 'PRECEDING' || last === 'FOLLOWING' || last === 'ROW';
};

const replaceDistance = (scan: Scan, from: number, to: number): void => {
  const { source } = scan;
  const first = tokenAt(source, from);
  if (first.keyword === 'UNBOUNDED' || first.keyword === 'CURRENT') return;
  if (to === from + 2 && first.kind === 'integer') return;
  scan.holes.expressions.set(first.start, () => readExpression(source, from, to - 1));
  replace(scan, from, to - 1, ' 1 ');
};

/** `ARRAY(SELECT …)[OFFSET(0)]`, `ARRAY((SELECT …) UNION ALL …)`: the parser wants a plain SELECT, and no more. */
export const arrayQuery: Finder = (scan, index) => {
  const { source } = scan;
  const open = source.tokens[index + 1];
  if (open?.keyword !== '(') return undefined;
  const { match: close } = open;
  const after = keywordAt(source, close + 1);
  const nested = keywordAt(source, index + 2) === '(';
  if (after !== '.' && after !== '[' && !nested) return undefined;
  scan.holes.expressions.set(tokenAt(source, index).start, () => ({
    type: 'arrayQuery',
    query: readQuery(source, index + 2, close),
    range: rangeOfTokens(source, index, close + 1),
  }));
  return replace(scan, index, close + 1, standIn);
};

/** `IF(…).a`: the parser knows no field of a call whose name is a keyword. */
export const keywordCall: Finder = (scan, index) => {
  const { source } = scan;
  const open = source.tokens[index + 1];
  if (open?.keyword !== '(') return undefined;
  const after = keywordAt(source, open.match + 1);
  return after === '.' || after === '[' ? replace(scan, index, index + 1, '_CALL') : undefined;
};

/** `SET @@dataset_id = …` and the paths `SET a.b = …` of UPDATE. */
export const assignmentTarget = (scan: Scan, index: number): number | undefined => {
  const { source } = scan;
  const token = tokenAt(source, index);
  const before = keywordAt(source, index - 1);
  const clause = scan.levels.at(-1)?.clause;
  if (clause !== 'SET' || (before !== 'SET' && before !== ',' && before !== '(')) return undefined;
  if (token.kind === 'systemVariable') return systemVariableTarget(scan, index);
  const after = keywordAt(source, index + 1);
  if (!isNameToken(token) || (after !== '.' && after !== '[')) return undefined;
  const { path, next: end } = readPath(source, index);
  const next = afterSubscripts(source, end);
  if (keywordAt(source, next) !== '=') return undefined;
  scan.holes.paths.set(token.start, path);
  return replace(scan, index, next, standIn);
};

/** Past `["a"][0][OFFSET(1)]`: constants only, the column that is written stays the same. */
const afterSubscripts = (source: Source, index: number): number => {
  const open = source.tokens[index];
  if (open?.keyword !== '[') return index;
  for (let at = index + 1; at < open.match; at += 1) {
    const { kind, keyword } = tokenAt(source, at);
    const constant = kind === 'string' || kind === 'integer';
    if (!constant && keyword !== 'OFFSET' && keyword !== 'ORDINAL' && keyword !== '(' && keyword !== ')')
      return index;
  }
  return afterSubscripts(source, open.match + 1);
};

const systemVariableTarget = (scan: Scan, index: number): number => {
  const { source } = scan;
  const next = skipTo(
    source,
    index,
    scan.to,
    (keyword) => keyword === '=' || keyword === ',' || keyword === ')',
  );
  scan.holes.expressions.set(tokenAt(source, index).start, () => readExpression(source, index, next));
  return replace(scan, index, next, standIn);
};

/** `INPUT TABLE` in the call of a pipe: the rows that come through the pipe. */
export const inputTable: Finder = (scan, index) => {
  if (keywordAt(scan.source, index + 1) !== 'TABLE') return undefined;
  const token = tokenAt(scan.source, index);
  const at = { start: token.start, end: token.end };
  scan.holes.arguments.set(token.start, () => ({
    type: 'table',
    path: [{ name: inputTableName, quoted: false, range: at }],
  }));
  return replace(scan, index, index + 2, standIn);
};

/** No name that a text can hold. */
export const inputTableName = 'INPUT TABLE';

/** A sign that has a place in row patterns only. */
export const patternSign: Finder = (scan, index) =>
  refuse('syntax', 'The sign $ has no place here.', tokenAt(scan.source, index));

export const graphTable: Finder = (scan, index) => {
  if (keywordAt(scan.source, index + 1) !== '(') return undefined;
  return refuse('unsupported', 'GRAPH_TABLE is not analysed.', tokenAt(scan.source, index));
};

/** `WITH DEPTH [AS d] [BETWEEN 1 AND 5]` after a recursive table; the bounds are constants. */
export const withDepth: Finder = (scan, index) => {
  const { source } = scan;
  const before = tokenAt(source, Math.max(0, index - 1));
  if (keywordAt(source, index + 1) !== 'DEPTH' || before.keyword !== ')') return undefined;
  const named = keywordAt(source, index + 2) === 'AS';
  const name = named ? readNames(source, index + 3, index + 4)[0] : depthAt(source, index + 1);
  if (name === undefined) return undefined;
  scan.holes.depths.set(before.end, name);
  return leaveOut(scan, index, afterBounds(source, named ? index + 4 : index + 2));
};

const depthAt = (source: Source, index: number): Name => {
  const { start, end } = tokenAt(source, index);
  return { name: 'depth', quoted: false, range: { start, end } };
};

const afterBounds = (source: Source, index: number): number => {
  if (keywordAt(source, index) === 'MAX') return afterBound(source, index + 1);
  if (keywordAt(source, index) !== 'BETWEEN') return index;
  const and = afterBound(source, index + 1);
  return keywordAt(source, and) === 'AND'
    ? afterBound(source, and + 1)
    : afterBound(source, source.tokens.length);
};

const afterBound = (source: Source, index: number): number => {
  const token = tokenAt(source, index);
  if (token.kind === 'integer' || token.keyword === 'UNBOUNDED') return index + 1;
  return refuse('unsupported', 'A bound of this form is not analysed.', token);
};

/** `5.`: the parser wants a digit after the dot. */
export const dottedNumber: Finder = (scan, index) => {
  const { kind, start, end } = tokenAt(scan.source, index);
  if (kind !== 'float') return undefined;
  const text = scan.source.safe.slice(start, end);
  return /\.(?!\d)/.test(text) ? replace(scan, index, index + 1, text.replace('.', '.0')) : undefined;
};
