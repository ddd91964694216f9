// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type {
  Assignment,
  Delete,
  Expression,
  Insert,
  InsertSource,
  Merge,
  MergeClause,
  TableReference,
  Truncate,
  Update,
} from '../../ast/index.ts';
import { take, type RowChange } from '../holes/holes.ts';
import { endOf, eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { convertFrom, targetTable } from './from.ts';
import { namesOf, pathOf } from './names.ts';
import { convertQuery, isQuery } from './queries.ts';
import { mustBeAbsent } from './sweep.ts';

/** What follows the statement and was left out. */
const rowChange = (reader: Reader, node: Node, target: TableReference): RowChange =>
  take(reader.holes.rowChanges, endOf(reader, node))?.(target) ?? {};

export const insert = (reader: Reader, node: NodeOf<'insert_stmt'>): Insert => {
  const [clause, body, ...others] = node.clauses;
  if (clause?.type !== 'insert_clause' || body === undefined || others.length > 0)
    return unexpected(reader, node);
  eat(reader, clause.insertKw, clause.intoKw);
  mustBeAbsent(reader, clause.modifiers, clause.orAction);
  const target = targetTable(reader, clause.table);
  const columns = clause.columns === undefined ? {} : { columns: namesOf(reader, clause.columns.expr.items) };
  const mode = take(reader.holes.words, startOf(reader, node));
  return {
    type: 'insert',
    ...(mode === 'IGNORE' || mode === 'REPLACE' || mode === 'UPDATE' ? { mode } : {}),
    target,
    ...columns,
    source: insertSource(reader, body),
    ...rowChange(reader, node, target),
    range: rangeOf(reader, node),
  };
};

const insertSource = (reader: Reader, node: Node): InsertSource => {
  if (node.type === 'merge_action_insert_row_clause') {
    eat(reader, node.rowKw);
    return { type: 'row' };
  }
  if (isQuery(node) || node.type === 'paren_expr')
    return { type: 'query', query: convertQuery(reader, node) };
  if (node.type !== 'values_clause') return unexpected(reader, node);
  eat(reader, node.valuesKw);
  const rows = node.values.items.map((row): readonly Expression[] => {
    if (row.type !== 'paren_expr') return unexpected(reader, row);
    return row.expr.items.map((item) => convertExpression(reader, item));
  });
  return { type: 'values', rows };
};

const assignments = (reader: Reader, node: NodeOf<'set_clause'>): readonly Assignment[] => {
  eat(reader, node.setKw);
  return node.assignments.items.map((item) => ({
    column: take(reader.holes.paths, startOf(reader, item.column)) ?? pathOf(reader, item.column),
    value: convertExpression(reader, item.expr),
    range: rangeOf(reader, item),
  }));
};

export const update = (reader: Reader, node: NodeOf<'update_stmt'>): Update => {
  let draft: Partial<Update> = {};
  for (const clause of node.clauses) draft = { ...draft, ...updateClause(reader, clause) };
  const { target, assignments: list, from, where } = draft;
  if (target === undefined || list === undefined) return unexpected(reader, node);
  return {
    type: 'update',
    target,
    assignments: list,
    ...(from === undefined ? {} : { from }),
    ...(where === undefined ? {} : { where }),
    ...rowChange(reader, node, target),
    range: rangeOf(reader, node),
  };
};

const updateClause = (reader: Reader, clause: Node): Partial<Update> => {
  switch (clause.type) {
    case 'update_clause': {
      eat(reader, clause.updateKw);
      mustBeAbsent(reader, clause.modifiers, clause.orAction);
      return { target: targetTable(reader, onlyItem(reader, clause.tables)) };
    }
    case 'set_clause':
      return { assignments: assignments(reader, clause) };
    case 'from_clause':
      eat(reader, clause.fromKw);
      return { from: convertFrom(reader, clause.expr) };
    case 'where_clause':
      return { where: whereOf(reader, clause) };
    default:
      return unexpected(reader, clause);
  }
};

const whereOf = (reader: Reader, node: NodeOf<'where_clause'>): Expression => {
  eat(reader, node.whereKw);
  return convertExpression(reader, node.expr);
};

/** GoogleSQL names one object where other dialects allow a list. */
export const onlyItem = (reader: Reader, list: NodeOf<'list_expr'>): Node => {
  const [only, ...others] = list.items;
  if (only !== undefined && others.length === 0) return only;
  return refuse('syntax', 'One name is expected.', rangeOf(reader, list));
};

export const deletion = (reader: Reader, node: NodeOf<'delete_stmt'>): Delete => {
  const [clause, filter, ...others] = node.clauses;
  if (clause?.type !== 'delete_clause' || others.length > 0) return unexpected(reader, node);
  eat(reader, clause.deleteKw, clause.fromKw);
  mustBeAbsent(reader, clause.modifiers);
  const target = targetTable(reader, onlyItem(reader, clause.tables));
  const rest = { ...rowChange(reader, node, target), range: rangeOf(reader, node) };
  if (filter === undefined) return { type: 'delete', target, ...rest };
  if (filter.type !== 'where_clause') return unexpected(reader, filter);
  return { type: 'delete', target, where: whereOf(reader, filter), ...rest };
};

export const truncate = (reader: Reader, node: NodeOf<'truncate_stmt'>): Truncate => {
  eat(reader, node.truncateKw, node.tableKw);
  mustBeAbsent(reader, node.restartOrContinueKw, node.behaviorKw);
  const target = targetTable(reader, onlyItem(reader, node.tables));
  return { type: 'truncate', target, range: rangeOf(reader, node) };
};

export const merge = (reader: Reader, node: NodeOf<'merge_stmt'>): Merge => {
  const [clause, ...rest] = node.clauses;
  if (clause?.type !== 'merge_clause') return unexpected(reader, node);
  eat(reader, clause.mergeKw, clause.intoKw, clause.usingKw, clause.onKw);
  return {
    type: 'merge',
    target: targetTable(reader, clause.target),
    source: convertFrom(reader, clause.source),
    on: convertExpression(reader, clause.condition),
    clauses: rest.map((when) => mergeClause(reader, when)),
    range: rangeOf(reader, node),
  };
};

const mergeClause = (reader: Reader, node: Node): MergeClause => {
  if (node.type !== 'merge_when_clause') return unexpected(reader, node);
  eat(reader, node.whenKw, node.matchedKw, node.byKw, node.thenKw);
  const { condition } = node;
  eat(reader, condition?.andKw);
  const matched = !Array.isArray(node.matchedKw);
  const bySource = node.byKw?.[1].name === 'SOURCE';
  return {
    when: matched ? 'matched' : bySource ? 'notMatchedBySource' : 'notMatchedByTarget',
    ...(condition === undefined ? {} : { condition: convertExpression(reader, condition.expr) }),
    action: mergeAction(reader, node.action),
    range: rangeOf(reader, node),
  };
};

const mergeAction = (reader: Reader, node: NodeOf<'merge_when_clause'>['action']): MergeClause['action'] => {
  switch (node.type) {
    case 'merge_action_delete':
      eat(reader, node.deleteKw);
      return { type: 'delete' };
    case 'merge_action_update':
      eat(reader, node.updateKw);
      return { type: 'update', assignments: assignments(reader, node.set) };
    case 'merge_action_insert': {
      eat(reader, node.insertKw);
      const [body, ...others] = node.clauses;
      if (body === undefined || others.length > 0) return unexpected(reader, node);
      const columns = node.columns === undefined ? {} : { columns: namesOf(reader, node.columns.expr.items) };
      return { type: 'insert', ...columns, source: insertSource(reader, body) };
    }
    default:
      return unexpected(reader, node);
  }
};
