import type {
  DerivedTable,
  FromItem,
  Name,
  Path,
  Select,
  SelectItem,
  TableReference,
} from '../../ast/index.ts';
import type { Token } from '../../lexer/index.ts';
import { namedBy } from '../convert/names.ts';
import { readExpression } from '../read.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { readPath } from './paths.ts';
import { isNameToken, replace, skipTo, splitAtCommas, type Scan } from './scan.ts';

/**
 * Tables in FROM that are read from the tokens alone: `t`, `d.t AS a`, and `(SELECT a.x, f(a.y) AS y FROM d.t AS a WHERE z) AS b`,
 * which is what masks put in the place of a table. Whatever is written otherwise is left to the parser. A masked
 * text is to the parser then the same as the text before.
 */
export const plainFromItem = (scan: Scan, index: number): number | undefined => {
  if (!startsFromItem(scan, index)) return undefined;
  const { source } = scan;
  const found = itemAt(source, index, scan.to);
  if (found === undefined) return undefined;
  scan.holes.fromItems.set(tokenAt(source, index).start, found.read);
  // With blanks: the text may be FROM`d.t`WHERE.
  return replace(scan, index, found.next, ' _ ');
};

/** `DELETE FROM t` names a target, `IS DISTINCT FROM x` a value, `t.from x` a field. */
const otherFrom: ReadonlySet<string> = new Set(['DELETE', 'DISTINCT', '.']);

const startsFromItem = (scan: Scan, index: number): boolean => {
  const { source } = scan;
  if (scan.levels.at(-1)?.clause !== 'FROM') return false;
  if (index === scan.from) return true;
  const before = keywordAt(source, index - 1);
  if (before === 'FROM') return !otherFrom.has(keywordAt(source, index - 2));
  return before === ',' || (before === 'JOIN' && keywordAt(source, index - 2) !== '.');
};

interface Found<Item> {
  readonly read: () => Item;
  /** The index of the token after the item. */
  readonly next: number;
}

const itemAt = (source: Source, index: number, to: number): Found<FromItem> | undefined =>
  keywordAt(source, index) === '(' ? derivedTable(source, index, to) : table(source, index, to);

const table = (source: Source, index: number, to: number): Found<TableReference> | undefined => {
  if (!isNameToken(source.tokens[index])) return undefined;
  const end = pathEnd(source, index, to);
  const alias = aliasAt(source, end, to);
  if (alias === undefined) return undefined;
  const { path, next } = readPath(source, index);
  if (next !== end) return undefined;
  const pathRange = rangeOfTokens(source, index, end);
  const read = (): TableReference => ({ type: 'table', path, pathRange, ...named(source, index, alias) });
  return { read, next: alias.next };
};

/** The index after what looks like `a-b.c.d`. */
const pathEnd = (source: Source, index: number, to: number): number => {
  let next = index + 1;
  while (next + 1 < to && isJoined(source, next)) next += 2;
  return next;
};

const isJoined = (source: Source, index: number): boolean =>
  keywordAt(source, index) === '-' || (keywordAt(source, index) === '.' && isField(source.tokens[index + 1]));

const isField = (token: Token | undefined): token is Token =>
  token?.kind === 'word' || token?.kind === 'quoted';

interface Alias {
  readonly name?: Name;
  readonly next: number;
}

const named = (
  source: Source,
  from: number,
  { name, next }: Alias,
): Pick<TableReference, 'alias' | 'range'> => {
  const range = rangeOfTokens(source, from, next);
  return name === undefined ? { range } : { alias: name, range };
};

/** Words that mean something else after a table. */
const noAlias: ReadonlySet<string> = new Set(['PIVOT', 'UNPIVOT', 'MATCH_RECOGNIZE', 'OFFSET']);

const after: ReadonlySet<string> = new Set(
  (
    ', ) ; WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT ON USING JOIN INNER LEFT RIGHT FULL CROSS ' +
    'UNION INTERSECT EXCEPT'
  ).split(' '),
);

/** The name that an item has, if any; undefined if something else follows it. */
const aliasAt = (source: Source, index: number, to: number): Alias | undefined => {
  const at = keywordAt(source, index) === 'AS' ? index + 1 : index;
  const token = at < to ? source.tokens[at] : undefined;
  const isAlias = token !== undefined && isNameToken(token) && (at > index || !noAlias.has(token.keyword));
  if (at > index && !isAlias) return undefined;
  const next = isAlias ? at + 1 : index;
  if (next < to && !after.has(keywordAt(source, next))) return undefined;
  return isAlias ? { name: namedBy(token), next } : { next };
};

const derivedTable = (source: Source, open: number, to: number): Found<DerivedTable> | undefined => {
  const close = tokenAt(source, open).match;
  const alias = aliasAt(source, close + 1, to);
  if (alias === undefined || keywordAt(source, open + 1) !== 'SELECT') return undefined;
  const from = skipTo(source, open + 2, close, (keyword) => keyword === 'FROM');
  const items = selectItems(source, open + 2, from);
  const inner = from < close ? table(source, from + 1, close) : undefined;
  const where = inner === undefined ? undefined : whereAt(source, inner.next, close);
  if (items === undefined || inner === undefined || where === undefined) return undefined;
  const read = (): DerivedTable => {
    const range = rangeOfTokens(source, open + 1, close);
    const body = {
      type: 'select',
      distinct: false,
      items: items.map((item) => item()),
      windows: [],
      from: inner.read(),
      ...where(),
      range,
    } as const;
    return {
      type: 'derivedTable',
      query: { type: 'query', body, orderBy: [], range },
      ...named(source, open, alias),
    };
  };
  return { read, next: alias.next };
};

const otherClauses: ReadonlySet<string> = new Set(
  'GROUP HAVING QUALIFY WINDOW ORDER LIMIT UNION INTERSECT EXCEPT'.split(' '),
);

/** Nothing, or `WHERE condition`; undefined if it is something else. */
const whereAt = (source: Source, index: number, to: number): Read<Pick<Select, 'where'>> | undefined => {
  if (index === to) return () => ({});
  const isLast = skipTo(source, index, to, (keyword) => otherClauses.has(keyword)) === to;
  if (keywordAt(source, index) !== 'WHERE' || !isLast) return undefined;
  return () => ({ where: readExpression(source, index + 1, to) });
};

type Read<Item> = () => Item;

/** Words after SELECT that start no column. */
const modifiers: ReadonlySet<string> = new Set(['ALL', 'DISTINCT', 'AS', 'WITH']);

const selectItems = (source: Source, from: number, to: number): readonly Read<SelectItem>[] | undefined => {
  if (from >= to || modifiers.has(keywordAt(source, from)) || keywordAt(source, to - 1) === ',')
    return undefined;
  const items: Read<SelectItem>[] = [];
  for (const part of splitAtCommas(source, from, to)) {
    const item = selectItem(source, part.from, part.to);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
};

/** `a.b`, or any expression with `AS name` behind it. */
const selectItem = (source: Source, from: number, to: number): Read<SelectItem> | undefined => {
  const range = rangeOfTokens(source, from, to);
  const path = columnPath(source, from, to);
  if (path !== undefined)
    return () => ({ type: 'selectExpression', value: { type: 'path', parts: path, range }, range });
  const name = tokenAt(source, to - 1);
  if (to - from < 3 || keywordAt(source, to - 2) !== 'AS' || !isNameToken(name)) return undefined;
  return () => ({
    type: 'selectExpression',
    value: readExpression(source, from, to - 2),
    alias: namedBy(name),
    range,
  });
};

/** Names with dots between them, two at least: a single word may be a function without parentheses. */
const columnPath = (source: Source, from: number, to: number): Path | undefined => {
  const first = tokenAt(source, from);
  if (to - from < 3 || (to - from) % 2 === 0 || !isNameToken(first)) return undefined;
  const rest: Name[] = [];
  for (let index = from + 1; index < to; index += 2) {
    const field = source.tokens[index + 1];
    if (keywordAt(source, index) !== '.' || !isField(field)) return undefined;
    rest.push(namedBy(field));
  }
  return [namedBy(first), ...rest];
};
