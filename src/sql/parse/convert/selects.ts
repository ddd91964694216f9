// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { Expression, GroupBy, GroupingItem, Name, Select, SelectItem } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { convertFrom } from './from.ts';
import { nameOf, namesOf, tokenOf } from './names.ts';
import { mustBeAbsent, sweep } from './sweep.ts';
import { namedWindows } from './windows.ts';

type Draft = { -readonly [Key in keyof Select]: Select[Key] };

/** A SELECT from its clauses, without those that belong to the query around it. */
export const readSelect = (reader: Reader, node: Node, clauses: readonly Node[]): Select => {
  const draft: Draft = {
    type: 'select',
    distinct: false,
    items: [],
    windows: [],
    range: rangeOf(reader, node),
  };
  for (const clause of clauses) readClause(reader, draft, clause);
  if (draft.items.length === 0) return refuse('syntax', 'A SELECT without columns.', draft.range);
  const first = clauses[0];
  const last = clauses.at(-1);
  if (first === undefined || last === undefined) return draft;
  return { ...draft, range: { start: rangeOf(reader, first).start, end: endOf(reader, last) } };
};

const readClause = (reader: Reader, draft: Draft, clause: Node): void => {
  switch (clause.type) {
    case 'select_clause':
      readSelectClause(reader, draft, clause);
      break;
    case 'from_clause':
      eat(reader, clause.fromKw);
      draft.from = convertFrom(reader, clause.expr);
      break;
    case 'where_clause':
      eat(reader, clause.whereKw);
      draft.where = convertExpression(reader, clause.expr);
      break;
    case 'group_by_clause':
      draft.groupBy = groupBy(reader, clause);
      break;
    case 'having_clause':
      eat(reader, clause.havingKw);
      draft.having = convertExpression(reader, clause.expr);
      break;
    case 'qualify_clause':
      eat(reader, clause.qualifyKw);
      draft.qualify = convertExpression(reader, clause.expr);
      break;
    case 'window_clause':
      draft.windows = namedWindows(reader, clause);
      break;
    default:
      unexpected(reader, clause);
  }
};

const readSelectClause = (reader: Reader, draft: Draft, clause: NodeOf<'select_clause'>): void => {
  eat(reader, clause.selectKw);
  const privacy = take(reader.holes.privacies, startOf(reader, clause.selectKw));
  if (privacy !== undefined) draft.privacy = privacy();
  checkModifiers(reader, clause.modifiers);
  for (const modifier of clause.modifiers) readModifier(reader, draft, modifier);
  const items: readonly Node[] = clause.columns?.items ?? [];
  draft.items = items
    .filter((item, index) => item.type !== 'empty' || index < items.length - 1)
    .map((item) => selectItem(reader, item));
};

const isAs = (node: Node | undefined): boolean =>
  node?.type === 'select_as_struct' || node?.type === 'select_as_value';

/** `[ALL | DISTINCT] [AS …]`. */
const checkModifiers = (reader: Reader, [first, second, third]: readonly Node[]): void => {
  if (second === undefined) return;
  if (third !== undefined || isAs(first) || !isAs(second))
    refuse('syntax', 'This word does not come here.', rangeOf(reader, third ?? second));
};

const readModifier = (reader: Reader, draft: Draft, modifier: Node): void => {
  if (modifier.type === 'select_all') eat(reader, modifier.allKw);
  else if (modifier.type === 'select_distinct') {
    eat(reader, modifier.distinctKw);
    draft.distinct = true;
  } else if (modifier.type === 'select_as_struct') {
    eat(reader, modifier.asStructKw);
    draft.as = 'STRUCT';
  } else if (modifier.type === 'select_as_value') {
    eat(reader, modifier.asValueKw);
    draft.as = 'VALUE';
  } else unexpected(reader, modifier);
};

const selectItem = (reader: Reader, node: Node): SelectItem => {
  const range = rangeOf(reader, node);
  const star = take(reader.holes.stars, range.end);
  if (star !== undefined) {
    const { qualifier } = starQualifier(reader, node);
    const item = star(qualifier);
    return { ...item, range: { start: range.start, end: item.range.end } };
  }
  switch (node.type) {
    case 'all_columns':
      return { type: 'selectStar', except: [], replace: [], range };
    case 'except_columns':
      eat(reader, node.exceptKw);
      return {
        ...starOf(reader, node.expr),
        except: namesOf(reader, node.columns.expr.items),
        replace: [],
        range,
      };
    case 'replace_columns':
      eat(reader, node.replaceKw);
      return { ...starOf(reader, node.expr), except: [], replace: replacements(reader, node), range };
    case 'member_expr':
      if (node.property.type !== 'all_columns') break;
      return { ...starOf(reader, node), except: [], replace: [], range };
    case 'alias':
      return aliasItem(reader, node);
    default:
  }
  const value = convertExpression(reader, node);
  const end = Math.max(range.end, value.range.end);
  return { type: 'selectExpression', value, range: { start: range.start, end } };
};

/** What stands before a star whose tail was taken out: nothing, `t.*`, or an expression without its `.*`. */
const starQualifier = (reader: Reader, node: Node): { qualifier?: Expression } => {
  if (node.type === 'all_columns') return {};
  if (node.type === 'member_expr' && node.property.type === 'all_columns') return starOf(reader, node);
  return { qualifier: convertExpression(reader, node) };
};

const aliasItem = (reader: Reader, node: NodeOf<'alias'>): SelectItem => {
  const { alias, value } = aliased(reader, node);
  return { type: 'selectExpression', value, alias, range: rangeOf(reader, node) };
};

/** `value AS name`. */
export const aliased = (reader: Reader, node: NodeOf<'alias'>): { value: Expression; alias: Name } => {
  eat(reader, node.asKw);
  mustBeAbsent(reader, node.columnAliases);
  const value = convertExpression(reader, node.expr);
  return { value, alias: nameOf(reader, node.alias) };
};

const starOf = (reader: Reader, node: Node): { type: 'selectStar'; qualifier?: Expression } => {
  if (node.type === 'all_columns') return { type: 'selectStar' };
  if (node.type !== 'member_expr' || node.property.type !== 'all_columns') return unexpected(reader, node);
  return { type: 'selectStar', qualifier: convertExpression(reader, node.object) };
};

const replacements = (
  reader: Reader,
  node: NodeOf<'replace_columns'>,
): readonly { readonly value: Expression; readonly name: Name }[] =>
  node.columns.expr.items.map((item) => {
    if (item.asKw === undefined) return refuse('syntax', 'REPLACE needs AS.', rangeOf(reader, item));
    const { value, alias } = aliased(reader, item);
    return { value, name: alias };
  });

const groupBy = (reader: Reader, node: NodeOf<'group_by_clause'>): GroupBy => {
  eat(reader, node.groupByKw);
  mustBeAbsent(reader, node.distinctKw, node.withRollupKw);
  const range = rangeOf(reader, node);
  const first: unknown = node.columns.items[0];
  // The parser wraps this one node in a list, against its own types.
  if (Array.isArray(first)) {
    const keyword = {
      type: 'keyword',
      text: 'ALL',
      name: 'ALL',
      ...(node.columns.range === undefined ? {} : { range: node.columns.range }),
    } as const;
    if (tokenOf(reader, node.columns).keyword !== 'ALL') return unexpected(reader, node);
    eat(reader, keyword);
    return { all: true, items: [], range };
  }
  return { all: false, items: node.columns.items.map((item) => groupingItem(reader, item)), range };
};

const groupingItem = (reader: Reader, node: Node): GroupingItem => {
  switch (node.type) {
    case 'group_by_rollup':
      eat(reader, node.rollupKw);
      return { type: 'rollup', items: node.columns.expr.items.map((item) => groupingItem(reader, item)) };
    case 'group_by_cube':
      eat(reader, node.cubeKw);
      return { type: 'cube', items: node.columns.expr.items.map((item) => groupingItem(reader, item)) };
    case 'group_by_grouping_sets':
      sweep(reader, node.groupingSetsKw);
      return {
        type: 'groupingSets',
        items: node.columns.expr.items.map((item) => groupingItem(reader, item)),
      };
    case 'struct_expr':
      return { type: 'set', items: node.expr.items.map((item) => convertExpression(reader, item)) };
    case 'paren_expr':
      return groupingParentheses(reader, node);
    case 'alias':
      return { type: 'expression', ...aliased(reader, node) };
    default:
      return { type: 'expression', value: convertExpression(reader, node) };
  }
};

const groupingParentheses = (reader: Reader, node: NodeOf<'paren_expr'>): GroupingItem => {
  const inner: Node = node.expr;
  if (inner.type !== 'list_expr') return { type: 'expression', value: convertExpression(reader, node) };
  const items = inner.items.map((item) => convertExpression(reader, item));
  const [only] = items;
  if (items.length === 1 && only !== undefined) return { type: 'expression', value: only };
  return { type: 'set', items };
};
