import type {
  Expression,
  GroupingItem,
  OrderItem,
  Query,
  Select,
  SelectExpression,
} from '../../ast/index.ts';
import { splitAtCommas, skipTo } from '../holes/scan.ts';
import { readGroupBy, readItem } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { nestStage, nextStage, closeStage, withAdded, type Stage } from './stage.ts';

interface Ordered {
  readonly to: number;
  readonly order?: Pick<OrderItem, 'descending' | 'nulls'>;
}

/** Splits `x AS y DESC NULLS LAST` from its ordering. */
const splitOrder = (source: Source, from: number, to: number): Ordered => {
  const side = keywordAt(source, to - 1);
  const nulls = keywordAt(source, to - 2) === 'NULLS' ? nullSide(side) : undefined;
  const end = nulls === undefined ? to : to - 2;
  const direction = keywordAt(source, end - 1);
  if (end - 1 <= from || (direction !== 'ASC' && direction !== 'DESC')) return { to };
  const order = { descending: direction === 'DESC', ...(nulls === undefined ? {} : { nulls }) };
  return { to: end - 1, order };
};

const nullSide = (side: string): OrderItem['nulls'] =>
  side === 'FIRST' || side === 'LAST' ? side : undefined;

interface Part {
  readonly item: SelectExpression;
  readonly order?: Ordered['order'];
}

const readPart = (source: Source, from: number, to: number): Part => {
  const { to: end, order } = splitOrder(source, from, to);
  const item = {
    type: 'selectExpression',
    ...readItem(source, from, end),
    range: rangeOfTokens(source, from, end),
  } as const;
  return order === undefined ? { item } : { item, order };
};

interface Grouping {
  readonly parts: readonly Part[];
  readonly items: readonly GroupingItem[];
}

const special: ReadonlySet<string> = new Set(['ROLLUP', 'CUBE', 'GROUPING', '(']);

const readGrouping = (source: Source, from: number, to: number): Grouping => {
  const first = keywordAt(source, from);
  if (special.has(first) && !(first === '(' && tokenAt(source, from).match !== to - 1)) {
    const { items } = readGroupBy(source, from, to);
    const keys = items.flatMap(expressionsOf).filter(isFirst);
    return { items, parts: keys.map((value) => ({ item: itemOf(value) })) };
  }
  const parts = splitAtCommas(source, from, to).map((part) => readPart(source, part.from, part.to));
  return { parts, items: parts.map(({ item }) => ({ type: 'expression', value: item.value })) };
};

/** A column that is written twice as a key makes one column. */
const isFirst = (value: Expression, index: number, all: readonly Expression[]): boolean =>
  value.type !== 'path' || all.findIndex((each) => pathText(each) === pathText(value)) === index;

const pathText = (value: Expression): string | undefined =>
  value.type === 'path' ? value.parts.map(({ name }) => name.toLowerCase()).join('\n') : undefined;

const itemOf = (value: Expression): SelectExpression => ({
  type: 'selectExpression',
  value,
  range: value.range,
});

const expressionsOf = (item: GroupingItem): readonly Expression[] => {
  if (item.type === 'expression') return [item.value];
  return item.type === 'set' ? item.items : item.items.flatMap(expressionsOf);
};

/** `AGGREGATE … [GROUP [AND ORDER] BY …]`: the grouped columns come first, then the aggregates. */
export const aggregate = (source: Source, stage: Stage, from: number, to: number): Stage => {
  const group = skipTo(source, from, to, (keyword) => keyword === 'GROUP');
  const ordered = keywordAt(source, group + 1) === 'AND';
  const by = ordered ? group + 3 : group + 1;
  if (group < to && keywordAt(source, by) !== 'BY')
    return refuse('syntax', 'GROUP needs BY.', tokenAt(source, group));
  const aggregates = splitAtCommas(source, from, group).map((part) => readPart(source, part.from, part.to));
  const grouping: Grouping = group < to ? readGrouping(source, by + 1, to) : { parts: [], items: [] };
  const parts = [...grouping.parts, ...aggregates];
  const range = rangeOfTokens(source, from - 1, to);
  const open = stage.added.length > 0 ? nestStage(stage) : withAdded(stage, parts);
  const orderBy = [...(ordered ? grouping.parts.map(ascending) : grouping.parts), ...aggregates].flatMap(
    orderOf,
  );
  const select: Partial<Select> = {
    items: parts.map((part) => part.item),
    groupBy: { all: false, items: grouping.items, range },
  };
  const query: Query = closeStage(
    { ...open, range: { start: stage.range.start, end: range.end } },
    group < to ? select : { items: select.items ?? [] },
  );
  const next = nextStage({ ...open, range: query.range }, query);
  return orderBy.length === 0 ? next : { ...next, orderBy };
};

const ascending = (part: Part): Part => ({ ...part, order: part.order ?? { descending: false } });

/** Ordering by the place of the column, which need not have a name. */
const orderOf = ({ item, order }: Part, index: number): readonly OrderItem[] => {
  if (order === undefined) return [];
  const { range } = item;
  const value = { type: 'literal', kind: 'integer', value: String(index + 1), range } as const;
  return [{ value, ...order, range }];
};
