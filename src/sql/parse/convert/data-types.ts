// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { ColumnType, DataType, ParameterType, StructType } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { nameOf, pathOf, tokenOf } from './names.ts';
import { sweep } from './sweep.ts';

export const convertDataType = (reader: Reader, node: Node): DataType => {
  const note = take(reader.holes.dataTypes, startOf(reader, node));
  if (note !== undefined) return note();
  const range = rangeOf(reader, node);
  switch (node.type) {
    case 'data_type_name':
      if (Array.isArray(node.name)) return refuse('syntax', 'This type has no place here.', range);
      eat(reader, node.name);
      return { type: 'simpleType', name: tokenOf(reader, node).keyword, parameters: [], range };
    case 'identifier':
    case 'member_expr':
      return { type: 'simpleType', name: typePath(reader, node), parameters: [], range };
    case 'time_data_type':
      eat(reader, node.timeKw);
      if (node.precision !== undefined || node.timeZoneKw !== undefined) return unexpected(reader, node);
      return { type: 'simpleType', name: tokenOf(reader, node).keyword, parameters: [], range };
    case 'interval_data_type':
      eat(reader, node.intervalKw);
      if (node.unit !== undefined) return unexpected(reader, node.unit);
      return { type: 'simpleType', name: 'INTERVAL', parameters: [], range };
    case 'modified_data_type':
      return modifiedType(reader, node);
    case 'parametric_data_type':
      return parametricType(reader, node);
    default:
      return unexpected(reader, node);
  }
};

const typePath = (reader: Reader, node: Node): string =>
  pathOf(reader, node)
    .map((name) => name.name.toUpperCase())
    .join('.');

const modifiedType = (reader: Reader, node: NodeOf<'modified_data_type'>): DataType => {
  const base = convertDataType(reader, node.dataType);
  const { modifiers } = node;
  if (base.type !== 'simpleType' || modifiers?.type !== 'paren_expr') return unexpected(reader, node);
  const parameters = modifiers.expr.items.map((item) => {
    const { start, end } = rangeOf(reader, item);
    if (item.type !== 'number_literal' && item.type !== 'identifier')
      return refuse('syntax', 'A parameter of a type is a number.', { start, end });
    sweep(reader, item);
    return reader.source.text.slice(start, end);
  });
  return { ...base, parameters, range: rangeOf(reader, node) };
};

const parametricType = (reader: Reader, node: NodeOf<'parametric_data_type'>): DataType => {
  eat(reader, node.typeKw);
  const word = tokenOf(reader, node.typeKw).keyword;
  const range = rangeOf(reader, node);
  const fields = (node.params?.params.items ?? []).map((item) => fieldType(reader, item));
  if (word === 'STRUCT') return { type: 'structType', fields, range };
  const [element, ...others] = fields;
  if (word !== 'ARRAY' || element === undefined || element.name !== undefined || others.length > 0) {
    return refuse('syntax', 'A type needs one element type.', range);
  }
  return { type: 'arrayType', element: element.dataType, range };
};

const fieldType = (reader: Reader, node: Node): StructType['fields'][number] => {
  if (node.type !== 'struct_type_param' && node.type !== 'array_type_param') return unexpected(reader, node);
  const name = node.type === 'struct_type_param' ? nameOf(reader, node.name) : undefined;
  const dataType = convertDataType(reader, node.dataType);
  for (const constraint of node.constraints) sweep(reader, constraint);
  return name === undefined ? { dataType } : { name, dataType };
};

/** The columns of `TABLE<a INT64, …>`. */
export const tableColumns = (reader: Reader, node: Node): readonly ColumnType[] => {
  if (node.type !== 'parametric_data_type' || node.typeKw.name !== 'TABLE') return unexpected(reader, node);
  eat(reader, node.typeKw);
  return (node.params?.params.items ?? []).map((item) => {
    const { name, dataType } = fieldType(reader, item);
    if (name === undefined) return unexpected(reader, item);
    return { name, dataType, range: rangeOf(reader, item) };
  });
};

/** The type of a routine's parameter, which may be `ANY TYPE` or a table. */
export const parameterType = (reader: Reader, node: Node): ParameterType => {
  const range = rangeOf(reader, node);
  if (node.type === 'data_type_name' && Array.isArray(node.name)) {
    eat(reader, node.name);
    const table = take(reader.holes.words, startOf(reader, node)) === 'TABLE';
    if (table) return { type: 'tableType', columns: [], range };
    if (tokenOf(reader, node).keyword === 'ANY') return { type: 'anyType', range };
    return unexpected(reader, node);
  }
  if (node.type === 'parametric_data_type' && node.typeKw.name === 'TABLE') {
    return { type: 'tableType', columns: tableColumns(reader, node), range };
  }
  return convertDataType(reader, node);
};
