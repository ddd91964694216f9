// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { ColumnDefinition, Expression, Option, Path } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertDataType } from './data-types.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, objectPathOf } from './names.ts';
import { mustBeAbsent, sweep } from './sweep.ts';

export const optionsOf = (reader: Reader, node: NodeOf<'bigquery_options'>): readonly Option[] => {
  eat(reader, node.optionsKw);
  return node.options.expr.items.map((item) => option(reader, item));
};

export const option = (reader: Reader, node: NodeOf<'binary_expr'>): Option => {
  if (node.operator !== '=') return unexpected(reader, node);
  const name = nameOf(reader, node.left);
  return { name, value: convertExpression(reader, node.right), range: rangeOf(reader, node) };
};

export const connectionOf = (reader: Reader, node: NodeOf<'with_connection_clause'>): Path => {
  eat(reader, node.withConnectionKw);
  return objectPathOf(reader, node.connection);
};

type ColumnDraft = { -readonly [Key in keyof ColumnDefinition]: ColumnDefinition[Key] };

export const columnDefinition = (reader: Reader, node: NodeOf<'column_definition'>): ColumnDefinition => {
  mustBeAbsent(reader, node.withOptionsKw);
  const name = nameOf(reader, node.name);
  const draft: ColumnDraft = { name, notNull: false, options: [], range: rangeOf(reader, node) };
  if (node.dataType !== undefined) draft.dataType = convertDataType(reader, node.dataType);
  const generated = take(reader.holes.generated, endOf(reader, node.dataType ?? node.name));
  if (generated !== undefined) draft.generatedFrom = generated();
  for (const constraint of node.constraints) columnConstraint(reader, draft, constraint);
  return draft;
};

const columnConstraint = (reader: Reader, draft: ColumnDraft, node: Node): void => {
  switch (node.type) {
    case 'constraint':
      for (const part of [node.name, ...node.modifiers]) if (part !== undefined) sweep(reader, part);
      columnConstraint(reader, draft, node.constraint);
      break;
    case 'constraint_not_null':
      sweep(reader, node);
      draft.notNull = true;
      break;
    case 'constraint_default':
      eat(reader, node.defaultKw);
      draft.defaultValue = defaultOf(reader, node.expr);
      break;
    case 'bigquery_options':
      draft.options = optionsOf(reader, node);
      break;
    case 'constraint_primary_key':
    case 'constraint_unique':
    case 'constraint_collate':
    case 'references_specification':
      sweep(reader, node);
      break;
    default:
      unexpected(reader, node);
  }
};

const defaultOf = (reader: Reader, node: Node): Expression => convertExpression(reader, node);

/** Columns of a table; keys between them say nothing about data. */
export const columnDefinitions = (reader: Reader, items: readonly Node[]): readonly ColumnDefinition[] =>
  items.flatMap((item) => {
    if (item.type === 'column_definition') return [columnDefinition(reader, item)];
    const constraint = item.type === 'constraint' ? item.constraint : item;
    if (constraint.type !== 'constraint_primary_key' && constraint.type !== 'constraint_foreign_key') {
      return unexpected(reader, item);
    }
    sweep(reader, item);
    return [];
  });
