import type {
  Expression,
  FromItem,
  OrderItem,
  PathExpression,
  Query,
  SelectExpression,
} from '../../ast/index.ts';
import { mapPaths } from '../pipes/map-paths.ts';
import { mentionsQuery } from '../pipes/mentions.ts';
import { readExpression, readItems, readOrderBy, type Item } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { readName } from './paths.ts';
import { skipTo, splitAtCommas } from './scan.ts';

interface Parts {
  readonly partitions: readonly Item[];
  readonly measures: readonly Item[];
  readonly orderBy: readonly OrderItem[];
  readonly conditions: readonly Expression[];
}

const headers: ReadonlySet<string> = new Set([
  'PARTITION',
  'ORDER',
  'MEASURES',
  'AFTER',
  'PATTERN',
  'DEFINE',
  'OPTIONS',
]);

/**
 * `MATCH_RECOGNIZE (…)` as a query that reads the same columns and gives out the same ones: partitions
 * are grouped by, conditions filter, and pattern variables stand for the rows of the input.
 */
export const matchTail = (
  source: Source,
  index: number,
): { readonly apply: (item: FromItem) => FromItem; readonly next: number } => {
  const open = index + 1;
  const { keyword, match: close } = tokenAt(source, open);
  const range = rangeOfTokens(source, index, Math.max(close, index) + 1);
  if (keyword !== '(') return refuse('syntax', 'MATCH_RECOGNIZE needs a list.', range);
  const parts = readParts(source, open + 1, close);
  if (mentionsQuery(parts)) return refuse('unsupported', 'A query in a row pattern is not analysed.', range);
  const apply = (item: FromItem): FromItem => {
    const place = { start: item.range.start, end: range.end };
    return { type: 'derivedTable', query: queryOf(item, parts, place), range: place };
  };
  return { apply, next: close + 1 };
};

const readParts = (source: Source, from: number, to: number): Parts => {
  const sections = new Map<string, { readonly from: number; readonly to: number }>();
  let at = from;
  while (at < to) {
    const word = keywordAt(source, at);
    if (!headers.has(word))
      return refuse('syntax', 'This has no place in a row pattern.', tokenAt(source, at));
    const start = word === 'PARTITION' || word === 'ORDER' ? at + 2 : at + 1;
    const end = skipTo(
      source,
      start,
      to,
      (keyword, index) => headers.has(keyword) && isHeader(source, index, to),
    );
    sections.set(word, { from: start, to: end });
    at = end;
  }
  const pattern = sections.get('PATTERN');
  if (pattern === undefined) return refuse('syntax', 'PATTERN is missing.', rangeOfTokens(source, from, to));
  checkPattern(source, pattern.from, pattern.to);
  return partsOf(source, sections);
};

/** A column may be called `pattern`: a header has what belongs to it. */
const isHeader = (source: Source, index: number, to: number): boolean => {
  const before = keywordAt(source, index - 1);
  const after = keywordAt(source, index + 1);
  switch (keywordAt(source, index)) {
    case 'PARTITION':
    case 'ORDER':
      return after === 'BY';
    case 'AFTER':
      return after === 'MATCH';
    case 'PATTERN':
    case 'OPTIONS':
      return after === '(' && before !== ',' && before !== 'AS';
    default:
      return before !== ',' && before !== 'AS' && index + 1 < to;
  }
};

/** The `?` of a pattern would be counted as a parameter. */
const checkPattern = (source: Source, from: number, to: number): void => {
  let marks = 0;
  for (let index = from; index < to; index += 1) {
    const token = tokenAt(source, index);
    if (token.kind === 'parameter') marks += 1;
    if (token.keyword === '{') checkBounds(source, index + 1, token.match);
  }
  if (marks > 0 && source.positional.size > marks) {
    refuse(
      'unsupported',
      'Positional parameters beside a row pattern are not analysed.',
      rangeOfTokens(source, from, to),
    );
  }
};

/** `{2}`, `{1,}`, `{,@n}`: bounds are whole numbers or parameters. */
const checkBounds = (source: Source, from: number, to: number): void => {
  let shape = '';
  for (let index = from; index < to; index += 1) {
    const { kind, keyword } = tokenAt(source, index);
    shape += kind === 'integer' || kind === 'parameter' ? 'n' : keyword;
  }
  if (!/^(?:n|n?,n?)$/.test(shape))
    refuse('syntax', 'A bound of a pattern is a whole number.', rangeOfTokens(source, from, to));
};

const partsOf = (
  source: Source,
  sections: ReadonlyMap<string, { readonly from: number; readonly to: number }>,
): Parts => {
  const define = sections.get('DEFINE');
  const definitions = define === undefined ? [] : splitAtCommas(source, define.from, define.to);
  const symbols = new Set(symbolsOf(source, sections.get('PATTERN')));
  const conditions = definitions.map((part) => {
    symbols.add(readName(source, part.from, part.from + 1).name.toLowerCase());
    if (keywordAt(source, part.from + 1) !== 'AS')
      return refuse('syntax', 'DEFINE needs AS.', tokenAt(source, part.from));
    return readExpression(source, part.from + 2, part.to);
  });
  const items = (name: string): readonly Item[] => {
    const section = sections.get(name);
    return section === undefined ? [] : readItems(source, section.from, section.to);
  };
  const order = sections.get('ORDER');
  const parts: Parts = {
    partitions: items('PARTITION'),
    measures: items('MEASURES'),
    orderBy: order === undefined ? [] : readOrderBy(source, order.from, order.to),
    conditions,
  };
  const bare = (value: Expression): Expression => mapPaths(value, (path) => withoutSymbol(path, symbols));
  return {
    ...parts,
    measures: parts.measures.map((item) => ({ ...item, value: bare(item.value) })),
    conditions: conditions.map(bare),
  };
};

/** `a.price` of the rows that matched `a` is the column `price` of the input. */
const withoutSymbol = (path: PathExpression, symbols: ReadonlySet<string>): PathExpression => {
  const [first, second, ...rest] = path.parts;
  if (second === undefined || !symbols.has(first.name.toLowerCase())) return path;
  return { ...path, parts: [second, ...rest] };
};

const symbolsOf = (
  source: Source,
  pattern: { readonly from: number; readonly to: number } | undefined,
): string[] => {
  const names: string[] = [];
  for (let index = pattern?.from ?? 0; index < (pattern?.to ?? 0); index += 1) {
    const token = tokenAt(source, index);
    if (token.kind === 'word' || token.kind === 'quoted') names.push(token.value.toLowerCase());
  }
  return names;
};

const queryOf = (item: FromItem, parts: Parts, range: Query['range']): Query => {
  const items = [...parts.partitions, ...parts.measures].map((part): SelectExpression => ({
    type: 'selectExpression',
    ...part,
    range: part.value.range,
  }));
  const groups = parts.partitions.map((part) => ({ type: 'expression', value: part.value }) as const);
  const [first, ...rest] = parts.conditions;
  const where = rest.reduce<Expression | undefined>(
    (left, right) => (left === undefined ? right : { type: 'binary', operator: 'AND', left, right, range }),
    first,
  );
  return {
    type: 'query',
    body: {
      type: 'select',
      distinct: false,
      items,
      from: item,
      ...(where === undefined ? {} : { where }),
      ...(groups.length === 0 ? {} : { groupBy: { all: false, items: groups, range } }),
      windows: [],
      range,
    },
    orderBy: parts.orderBy,
    range,
    desugared: true,
    analysisOnly: true,
  };
};
