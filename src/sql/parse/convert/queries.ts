import type {
  CommonTable,
  Expression,
  OrderItem,
  Query,
  QueryBody,
  SetOperation,
  With,
} from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, tokenOf } from './names.ts';
import { orderItems } from './ordering.ts';
import { readSelect } from './selects.ts';
import { mustBeAbsent } from './sweep.ts';

type QueryNode = NodeOf<'select_stmt' | 'compound_select_stmt'>;

export const isQuery = (node: Node): node is QueryNode =>
  node.type === 'select_stmt' || node.type === 'compound_select_stmt';

/** A query while it is put together: the clauses at its ends belong to the whole of it. */
interface Parts {
  readonly with?: With;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Expression;
  readonly offset?: Expression;
}

/** A query with or without parentheses around it. */
export const convertQuery = (reader: Reader, node: Node): Query => {
  if (node.type === 'paren_expr') return convertQuery(reader, node.expr);
  const note = take(reader.holes.queries, startOf(reader, node));
  if (note !== undefined) {
    sweepStandIn(reader, node);
    return note();
  }
  return { type: 'query', ...partsOf(reader, node), range: rangeOf(reader, node) };
};

/** The text of a stand-in is ours, so nothing in it has to be read; a clause around it would be lost. */
const sweepStandIn = (reader: Reader, node: Node): void => {
  if (node.type !== 'select_stmt' || node.clauses.length > 1) unexpected(reader, node);
};

const partsOf = (reader: Reader, node: Node): Parts => {
  if (node.type === 'select_stmt') return selectParts(reader, node);
  if (node.type === 'compound_select_stmt') return setParts(reader, node);
  if (node.type !== 'paren_expr') return unexpected(reader, node);
  const query = convertQuery(reader, node.expr);
  return { body: { type: 'nestedQuery', query, range: rangeOf(reader, node) }, orderBy: [] };
};

const selectParts = (reader: Reader, node: NodeOf<'select_stmt'>): Parts => {
  const clauses: readonly Node[] = node.clauses;
  checkOrder(reader, clauses);
  const tail = tailOf(reader, clauses);
  const first = clauses.find((clause) => clause.type !== 'with_clause');
  const nested = first?.type === 'paren_expr' ? first : undefined;
  const standIn =
    first?.type === 'select_clause' ? take(reader.holes.queries, startOf(reader, first)) : undefined;
  const rest = clauses.filter((clause) => !outerClauses.has(clause.type) && clause !== nested);
  if (nested !== undefined || standIn !== undefined) {
    if (rest.length > (standIn === undefined ? 0 : 1)) unexpected(reader, node);
  }
  if (nested !== undefined) return { ...partsOf(reader, nested), ...tail };
  if (standIn !== undefined) {
    const query = standIn();
    return { ...tail, body: { type: 'nestedQuery', query, range: query.range } };
  }
  return { ...tail, body: readSelect(reader, node, rest) };
};

const clauseOrder: readonly Node['type'][] = [
  'with_clause',
  'select_clause',
  'from_clause',
  'where_clause',
  'group_by_clause',
  'having_clause',
  'qualify_clause',
  'window_clause',
  'order_by_clause',
  'limit_clause',
  'offset_clause',
];

/** The parser takes clauses in any order, and several of a kind. */
const checkOrder = (reader: Reader, clauses: readonly Node[]): void => {
  let last = -1;
  for (const clause of clauses) {
    const place = clauseOrder.indexOf(clause.type);
    if (place >= 0 && place <= last)
      refuse('syntax', 'This clause does not come here.', rangeOf(reader, clause));
    last = Math.max(last, place);
  }
};

const outerClauses: ReadonlySet<Node['type']> = new Set<Node['type']>([
  'with_clause',
  'order_by_clause',
  'limit_clause',
  'offset_clause',
]);

const tailOf = (reader: Reader, clauses: readonly Node[]): Omit<Parts, 'body'> => {
  let parts: Omit<Parts, 'body'> = { orderBy: [] };
  for (const clause of clauses) {
    if (clause.type === 'with_clause') parts = { ...parts, with: withClause(reader, clause) };
    else if (clause.type === 'order_by_clause') parts = { ...parts, orderBy: orderItems(reader, clause) };
    else if (clause.type === 'limit_clause') parts = { ...parts, ...limitClause(reader, clause) };
    else if (clause.type === 'offset_clause') parts = { ...parts, ...offsetClause(reader, clause) };
  }
  return parts;
};

const limitClause = (reader: Reader, node: NodeOf<'limit_clause'>): Pick<Parts, 'limit' | 'offset'> => {
  eat(reader, node.limitKw, node.offsetKw);
  mustBeAbsent(reader, node.rowsExamined);
  if (node.count === undefined || (node.offset !== undefined && node.offsetKw === undefined)) {
    return unexpected(reader, node);
  }
  const limit = convertExpression(reader, node.count);
  return node.offset === undefined ? { limit } : { limit, offset: convertExpression(reader, node.offset) };
};

const offsetClause = (reader: Reader, node: NodeOf<'offset_clause'>): Pick<Parts, 'offset'> => {
  eat(reader, node.offsetKw);
  mustBeAbsent(reader, node.rowsKw);
  return { offset: convertExpression(reader, node.offset) };
};

const setParts = (reader: Reader, node: NodeOf<'compound_select_stmt'>): Parts => {
  const left = partsOf(reader, node.left);
  const right = partsOf(reader, node.right);
  const range = rangeOf(reader, node);
  if (left.orderBy.length > 0 || left.limit !== undefined || left.offset !== undefined) {
    return refuse('syntax', 'ORDER BY and LIMIT of one side of a set operation need parentheses.', range);
  }
  if (right.with !== undefined)
    return refuse('syntax', 'WITH of one side of a set operation needs parentheses.', range);
  const body = setOperation(reader, node, left.body, right.body);
  const { orderBy, limit, offset } = right;
  return {
    ...(left.with === undefined ? {} : { with: left.with }),
    body,
    orderBy,
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
  };
};

const setOperation = (
  reader: Reader,
  node: NodeOf<'compound_select_stmt'>,
  left: QueryBody,
  right: QueryBody,
): SetOperation => {
  const words = Array.isArray(node.operator) ? node.operator : [node.operator];
  eat(reader, words);
  const [first] = words;
  if (first === undefined) return unexpected(reader, node);
  const operator = tokenOf(reader, first).keyword;
  if (operator !== 'UNION' && operator !== 'INTERSECT' && operator !== 'EXCEPT')
    return unexpected(reader, node);
  if (words.length === 1)
    return refuse('syntax', 'A set operation needs ALL or DISTINCT.', rangeOf(reader, first));
  const all = words.some((word) => word.name === 'ALL');
  const range = { start: left.range.start, end: right.range.end };
  const match = take(reader.holes.setMatches, startOf(reader, first)) ?? { match: 'position' };
  const mixed = left.type === 'setOperation' && (left.operator !== operator || left.all !== all);
  if (mixed || right.type === 'setOperation') {
    return refuse('syntax', 'Different set operations need parentheses.', range);
  }
  return { type: 'setOperation', operator, all, ...match, left, right, range };
};

const withClause = (reader: Reader, node: NodeOf<'with_clause'>): With => {
  eat(reader, node.withKw, node.recursiveKw);
  return {
    recursive: node.recursiveKw !== undefined,
    tables: node.tables.items.map((table) => commonTable(reader, table)),
    range: rangeOf(reader, node),
  };
};

const commonTable = (reader: Reader, node: NodeOf<'common_table_expr'>): CommonTable => {
  eat(reader, node.asKw);
  mustBeAbsent(reader, node.materializedKw, node.search, node.cycle);
  if (node.columns !== undefined)
    return refuse('syntax', 'A common table has no list of columns.', rangeOf(reader, node));
  const name = nameOf(reader, node.table);
  const query = convertQuery(reader, node.expr);
  const depth = take(reader.holes.depths, endOf(reader, node));
  return { name, query, ...(depth === undefined ? {} : { depth }), range: rangeOf(reader, node) };
};
