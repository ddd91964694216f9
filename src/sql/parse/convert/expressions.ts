// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { Expression, Name, StructField, Subscript } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, misread, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { call, cast, extract } from './calls.ts';
import { convertDataType } from './data-types.ts';
import {
  interval,
  keywordLiteral,
  numberLiteral,
  parameter,
  stringLiteral,
  typedLiteral,
} from './literals.ts';
import { nameOf, tokenOf } from './names.ts';
import { between, binary, postfix, prefix } from './operators.ts';
import { convertQuery, isQuery } from './queries.ts';

export const convertExpression = (reader: Reader, node: Node): Expression => {
  switch (node.type) {
    case 'identifier':
    case 'bigquery_quoted_member_expr':
      return bareName(reader, node);
    case 'member_expr':
      return member(reader, node);
    case 'paren_expr':
      return parenthesised(reader, node);
    case 'binary_expr':
      return binary(reader, node);
    case 'prefix_op_expr':
      return prefix(reader, node);
    case 'postfix_op_expr':
      return postfix(reader, node);
    case 'between_expr':
      return between(reader, node);
    case 'case_expr':
      return caseExpression(reader, node);
    case 'func_call':
      return call(reader, node);
    case 'cast_expr':
      return cast(reader, node);
    case 'extract_expr':
      return extract(reader, node);
    case 'typed_expr':
      return typed(reader, node);
    case 'array_literal_expr':
      eat(reader, node.arrayKw);
      return arrayOf(reader, node, node.expr);
    case 'array_expr':
      return arrayOf(reader, node, node);
    case 'struct_expr':
      return {
        type: 'struct',
        tuple: true,
        fields: structFields(reader, node.expr.items),
        range: rangeOf(reader, node),
      };
    case 'default':
      eat(reader, node.defaultKw);
      return { type: 'default', range: rangeOf(reader, node) };
    case 'variable':
      return systemVariable(reader, node);
    default:
      return constant(reader, node);
  }
};

const constant = (reader: Reader, node: Node): Expression => {
  switch (node.type) {
    case 'string_literal':
    case 'blob_literal':
      return stringLiteral(reader, node);
    case 'number_literal':
      return numberLiteral(reader, node);
    case 'boolean_literal':
    case 'null_literal':
      return keywordLiteral(reader, node);
    case 'date_literal':
      return typedLiteral(reader, node, 'date', { keyword: node.dateKw, string: node.string });
    case 'time_literal':
      return typedLiteral(reader, node, 'time', { keyword: node.timeKw, string: node.string });
    case 'datetime_literal':
      return typedLiteral(reader, node, 'datetime', { keyword: node.datetimeKw, string: node.string });
    case 'timestamp_literal':
      return typedLiteral(reader, node, 'timestamp', { keyword: node.timestampKw, string: node.string });
    case 'json_literal':
      return typedLiteral(reader, node, 'json', { keyword: node.jsonKw, string: node.string });
    case 'numeric_literal':
      return typedLiteral(reader, node, 'numeric', { keyword: node.numericKw, string: node.string });
    case 'bignumeric_literal':
      return typedLiteral(reader, node, 'bignumeric', { keyword: node.bignumericKw, string: node.string });
    case 'interval_literal':
      return interval(reader, node);
    case 'parameter':
      return parameter(reader, node);
    default:
      return unexpected(reader, node);
  }
};

const bareName = (reader: Reader, node: NodeOf<'identifier' | 'bigquery_quoted_member_expr'>): Expression => {
  const start = startOf(reader, node);
  const expression = take(reader.holes.expressions, start);
  if (expression !== undefined) return expression();
  const query = take(reader.holes.queries, start);
  if (query !== undefined) {
    const read = query();
    return { type: 'subquery', query: read, range: read.range };
  }
  const name = nameOf(reader, node);
  return { type: 'path', parts: [name], range: name.range };
};

const member = (reader: Reader, node: NodeOf<'member_expr'>): Expression => {
  const { property } = node;
  if (property.type === 'array_subscript') return subscript(reader, node, property);
  const object = convertExpression(reader, node.object);
  return withField(reader, node, object, nameOf(reader, property));
};

const withField = (reader: Reader, node: Node, object: Expression, field: Name): Expression => {
  const range = rangeOf(reader, node);
  // `(a).b` is a field of a value, `a.b` may be a column of a table.
  const bare = node.type === 'member_expr' && node.object.type !== 'paren_expr';
  if (object.type === 'path' && bare) {
    return { type: 'path', parts: [...object.parts, field], range };
  }
  if (object.type === 'systemVariable' && bare) {
    return { type: 'systemVariable', parts: [...object.parts, field], range };
  }
  return { type: 'field', object, field, range };
};

const subscriptKinds: Readonly<Record<string, Subscript['by']>> = {
  OFFSET: 'offset',
  SAFE_OFFSET: 'safe_offset',
  ORDINAL: 'ordinal',
  SAFE_ORDINAL: 'safe_ordinal',
};

const subscript = (
  reader: Reader,
  node: NodeOf<'member_expr'>,
  property: NodeOf<'array_subscript'>,
): Expression => {
  const object = convertExpression(reader, node.object);
  const range = rangeOf(reader, node);
  const inner = property.expr;
  if (inner.type === 'array_slice_specifier') return unexpected(reader, inner);
  if (inner.type !== 'array_subscript_specifier') {
    return { type: 'subscript', object, index: convertExpression(reader, inner), by: 'key', range };
  }
  eat(reader, inner.specifierKw);
  const by = subscriptKinds[inner.specifierKw.name] ?? 'key';
  return { type: 'subscript', object, index: convertExpression(reader, inner.args.expr), by, range };
};

const parenthesised = (reader: Reader, node: NodeOf<'paren_expr'>): Expression => {
  const inner = node.expr;
  if (isQuery(inner)) {
    return { type: 'subquery', query: convertQuery(reader, inner), range: rangeOf(reader, node) };
  }
  if (inner.type === 'list_expr') {
    const [only, ...others] = inner.items;
    if (only === undefined) return unexpected(reader, node);
    if (others.length === 0) return convertExpression(reader, only);
    return {
      type: 'struct',
      tuple: true,
      fields: structFields(reader, inner.items),
      range: rangeOf(reader, node),
    };
  }
  return convertExpression(reader, inner);
};

const caseExpression = (reader: Reader, node: NodeOf<'case_expr'>): Expression => {
  eat(reader, node.caseKw, node.endKw);
  const branches: { when: Expression; then: Expression }[] = [];
  const operand = node.expr === undefined ? undefined : convertExpression(reader, node.expr);
  let otherwise: Expression | undefined;
  for (const clause of node.clauses) {
    if (clause.type === 'case_when') {
      eat(reader, clause.whenKw, clause.thenKw);
      const when = convertExpression(reader, clause.condition);
      // oxlint-disable-next-line unicorn/no-thenable -- a branch of CASE, never awaited
      branches.push({ when, then: convertExpression(reader, clause.result) });
    } else {
      eat(reader, clause.elseKw);
      otherwise = convertExpression(reader, clause.result);
    }
  }
  return {
    type: 'case',
    branches,
    range: rangeOf(reader, node),
    ...(operand === undefined ? {} : { operand }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
};

const typed = (reader: Reader, node: NodeOf<'typed_expr'>): Expression => {
  const { dataType, expr } = node;
  const range = rangeOf(reader, node);
  const bare = dataType.type === 'parametric_data_type' && dataType.params === undefined;
  if (bare) eat(reader, dataType.typeKw);
  const type = bare ? undefined : convertDataType(reader, dataType);
  if (expr.type === 'array_expr') {
    const elements = expr.expr.items.map((item) => convertExpression(reader, item));
    if (type !== undefined && type.type !== 'arrayType') return unexpected(reader, node);
    return { type: 'array', elements, range, ...(type === undefined ? {} : { elementType: type.element }) };
  }
  const fields = structFields(reader, expr.expr.items);
  return { type: 'struct', fields, range, ...(type === undefined ? {} : { dataType: type }) };
};

const arrayOf = (reader: Reader, node: Node, array: NodeOf<'array_expr'>): Expression => ({
  type: 'array',
  elements: array.expr.items.map((item) => convertExpression(reader, item)),
  range: rangeOf(reader, node),
});

/** Fields of a struct or tuple, which may carry an alias. */
const structFields = (reader: Reader, items: readonly Node[]): readonly StructField[] =>
  items.map((item) => {
    const range = rangeOf(reader, item);
    if (item.type !== 'alias') return { value: convertExpression(reader, item), range };
    eat(reader, item.asKw);
    if (item.columnAliases !== undefined) return unexpected(reader, item.columnAliases);
    const value = convertExpression(reader, item.expr);
    return { value, name: nameOf(reader, item.alias), range };
  });

const systemVariable = (reader: Reader, node: NodeOf<'variable'>): Expression => {
  const token = tokenOf(reader, node);
  eat(reader, node);
  if (token.kind !== 'systemVariable' || token.end !== endOf(reader, node)) return misread(token);
  const range = { start: token.start, end: token.end };
  return { type: 'systemVariable', parts: [{ name: token.value, quoted: false, range }], range };
};
