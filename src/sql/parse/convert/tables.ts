// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type {
  AlterAction,
  AlterTable,
  ColumnDefinition,
  CreateSchema,
  CreateTable,
  CreateView,
  Option,
  Query,
  TableReference,
} from '../../ast/index.ts';

import { eat, rangeOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { convertFrom, tableReference } from './from.ts';
import { nameOf, objectPathOf, tokenOf } from './names.ts';
import { columnDefinition, columnDefinitions, connectionOf, optionsOf } from './options.ts';
import { convertQuery } from './queries.ts';
import { mustBeAbsent, mustReadNothing, sweep } from './sweep.ts';

type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

export const createTable = (reader: Reader, node: NodeOf<'create_table_stmt'>): CreateTable => {
  eat(reader, node.createKw, node.orReplaceKw, node.tableKw, node.ifNotExistsKw);
  mustBeAbsent(reader, node.partitionOf, node.ofType, node.options);
  const kind = kindOf(reader, node.kind);
  const draft: Draft<CreateTable> = {
    type: 'createTable',
    orReplace: node.orReplaceKw !== undefined,
    ifNotExists: node.ifNotExistsKw !== undefined,
    temporary: kind === 'TEMP' || kind === 'TEMPORARY',
    kind: kind === 'EXTERNAL' ? 'EXTERNAL TABLE' : kind === 'SNAPSHOT' ? 'SNAPSHOT TABLE' : 'TABLE',
    name: objectPathOf(reader, node.name),
    options: [],
    clusterBy: [],
    range: rangeOf(reader, node),
  };
  if (node.columns !== undefined) draft.columns = columnDefinitions(reader, node.columns.expr.items);
  for (const column of draft.columns ?? []) {
    if (column.dataType === undefined) return refuse('syntax', 'A column needs a type.', column.range);
  }
  for (const clause of node.clauses) tableClause(reader, draft, clause);
  return draft;
};

const kindOf = (reader: Reader, node: NodeOf<'relation_kind'> | undefined): string => {
  if (node === undefined) return '';
  eat(reader, node.kindKw);
  const word = tokenOf(reader, node).keyword;
  return ['TEMP', 'TEMPORARY', 'EXTERNAL', 'SNAPSHOT', 'MATERIALIZED', 'RECURSIVE'].includes(word)
    ? word
    : unexpected(reader, node);
};

const copying: ReadonlySet<string> = new Set([
  'as_clause',
  'create_table_like_clause',
  'create_table_copy_clause',
  'create_table_clone_clause',
]);

const tableClause = (reader: Reader, draft: Draft<CreateTable>, clause: Node): void => {
  // Only the columns of LIKE go together with a query.
  const filled = draft.from !== undefined && (clause.type !== 'as_clause' || draft.from.how !== 'LIKE');
  if (filled && copying.has(clause.type)) unexpected(reader, clause);
  switch (clause.type) {
    case 'as_clause':
      eat(reader, clause.asKw);
      draft.query = convertQuery(reader, clause.expr);
      break;
    case 'bigquery_options':
      draft.options = optionsOf(reader, clause);
      break;
    case 'partition_by_clause':
      draft.partitionBy = partitionOf(reader, clause);
      break;
    case 'cluster_by_clause':
      draft.clusterBy = clusterOf(reader, clause);
      break;
    case 'create_table_like_clause':
      eat(reader, clause.likeKw);
      mustBeAbsent(reader, clause.options);
      draft.from = { how: 'LIKE', table: tableReference(reader, clause.name) };
      break;
    case 'create_table_copy_clause':
      eat(reader, clause.copyKw);
      draft.from = { how: 'COPY', table: tableReference(reader, clause.name) };
      break;
    case 'create_table_clone_clause':
      draft.from = cloneOf(reader, clause);
      break;
    case 'bigquery_option_default_collate':
      sweep(reader, clause);
      break;
    default:
      externalClause(reader, draft, clause);
  }
};

const externalClause = (reader: Reader, draft: Draft<CreateTable>, clause: Node): void => {
  if (clause.type === 'with_connection_clause') draft.connection = connectionOf(reader, clause);
  else if (clause.type === 'with_partition_columns_clause') {
    eat(reader, clause.withPartitionColumnsKw);
    draft.columns = [
      ...(draft.columns ?? []),
      ...columnDefinitions(reader, clause.columns?.expr.items ?? []),
    ];
  } else unexpected(reader, clause);
};

const partitionOf = (
  reader: Reader,
  clause: NodeOf<'partition_by_clause'>,
): CreateTable['partitionBy'] & object => {
  eat(reader, clause.partitionByKw);
  const [only, ...others] = clause.specifications.items;
  if (only === undefined || others.length > 0) return unexpected(reader, clause);
  const partition = convertExpression(reader, only);
  mustReadNothing(reader, only, partition);
  return partition;
};

const clusterOf = (reader: Reader, clause: NodeOf<'cluster_by_clause'>): CreateTable['clusterBy'] => {
  eat(reader, clause.clusterByKw);
  return clause.columns.items.map((item) => objectPathOf(reader, item));
};

const cloneOf = (
  reader: Reader,
  clause: NodeOf<'create_table_clone_clause'>,
): CreateTable['from'] & object => {
  eat(reader, clause.cloneKw);
  const table = convertFrom(reader, clause.table);
  return table.type === 'table' ? { how: 'CLONE', table } : unexpected(reader, clause);
};

export const createView = (reader: Reader, node: NodeOf<'create_view_stmt'>): CreateView => {
  eat(reader, node.createKw, node.orReplaceKw, node.viewKw, node.ifNotExistsKw);
  const kinds = node.kinds.map((kind) => kindOf(reader, kind));
  const draft: Draft<Partial<CreateView>> = {};
  const name = objectPathOf(reader, node.name);
  const columns = node.columns?.expr.items.map((column) => viewColumn(reader, column));
  for (const clause of node.clauses) viewClause(reader, draft, clause);
  if (draft.query === undefined) return unexpected(reader, node);
  return {
    type: 'createView',
    orReplace: node.orReplaceKw !== undefined,
    ifNotExists: node.ifNotExistsKw !== undefined,
    materialized: kinds.includes('MATERIALIZED'),
    name,
    options: draft.options ?? [],
    ...(columns === undefined ? {} : { columns }),
    query: draft.query,
    range: rangeOf(reader, node),
  };
};

const viewColumn = (reader: Reader, node: NodeOf<'column_definition'>): ColumnDefinition['name'] => {
  const column = columnDefinition(reader, node);
  mustReadNothing(reader, node, column);
  return column.name;
};

const viewClause = (reader: Reader, draft: Draft<Partial<CreateView>>, clause: Node): void => {
  switch (clause.type) {
    case 'as_clause':
      eat(reader, clause.asKw);
      draft.query = convertQuery(reader, clause.expr);
      break;
    case 'as_replica_of_clause':
      eat(reader, clause.asReplicaOfKw);
      draft.query = everythingOf(tableReference(reader, clause.view));
      break;
    case 'bigquery_options':
      draft.options = optionsOf(reader, clause);
      break;
    case 'partition_by_clause':
      partitionOf(reader, clause);
      break;
    case 'cluster_by_clause':
      clusterOf(reader, clause);
      break;
    default:
      unexpected(reader, clause);
  }
};

/** A replica is the rows of another view. */
const everythingOf = (from: TableReference): Query => {
  const { range } = from;
  const items = [{ type: 'selectStar', except: [], replace: [], range }] as const;
  const body = { type: 'select', distinct: false, items, from, windows: [], range } as const;
  return { type: 'query', body, orderBy: [], desugared: true, range };
};

export const createSchema = (reader: Reader, node: NodeOf<'create_schema_stmt'>): CreateSchema => {
  eat(reader, node.createSchemaKw, node.ifNotExistsKw);
  mustBeAbsent(reader, node.statements);
  if (node.name === undefined) return unexpected(reader, node);
  const name = objectPathOf(reader, node.name);
  const options = node.clauses.flatMap((clause) => {
    if (clause.type === 'bigquery_options') return optionsOf(reader, clause);
    if (clause.type !== 'bigquery_option_default_collate') return unexpected(reader, clause);
    sweep(reader, clause);
    return [];
  });
  const ifNotExists = node.ifNotExistsKw !== undefined;
  return { type: 'createSchema', orReplace: false, ifNotExists, name, options, range: rangeOf(reader, node) };
};

export const alterTable = (reader: Reader, node: NodeOf<'alter_table_stmt'>): AlterTable => {
  eat(reader, node.alterTableKw, node.ifExistsKw);
  return {
    type: 'alterTable',
    name: objectPathOf(reader, node.table),
    ifExists: node.ifExistsKw !== undefined,
    actions: node.actions.items.map((action) => alterAction(reader, action)),
    range: rangeOf(reader, node),
  };
};

const alterAction = (reader: Reader, node: Node): AlterAction => {
  switch (node.type) {
    case 'alter_action_add_column': {
      eat(reader, node.addKw, node.ifNotExistsKw);
      const column = columnDefinition(reader, node.column);
      return { type: 'addColumn', ifNotExists: node.ifNotExistsKw !== undefined, column };
    }
    case 'alter_action_drop_column':
      eat(reader, node.dropKw, node.ifExistsKw);
      mustBeAbsent(reader, node.behaviorKw);
      return {
        type: 'dropColumn',
        ifExists: node.ifExistsKw !== undefined,
        column: nameOf(reader, node.column),
      };
    case 'alter_action_rename_column':
      eat(reader, node.renameKw, node.ifExistsKw, node.toKw);
      return { type: 'renameColumn', from: nameOf(reader, node.oldName), to: nameOf(reader, node.newName) };
    case 'alter_action_rename':
      eat(reader, node.renameKw);
      return { type: 'renameTable', to: objectPathOf(reader, node.newName) };
    default:
      return otherAction(reader, node);
  }
};

/** Actions on options, types and keys: kept as text, nothing in them reads data. */
const otherAction = (reader: Reader, node: Node): AlterAction => {
  const { start, end } = rangeOf(reader, node);
  const known =
    /^alter_action_(?:alter_column|set_default_collate|set_bigquery_options|add_constraint|drop_constraint|drop_primary_key)$/;
  if (!known.test(node.type)) return unexpected(reader, node);
  const settings = settingsOf(reader, node);
  return { type: 'other', text: reader.source.text.slice(start, end), options: settings };
};

/** The options that an action sets; a default value must not read data. */
const settingsOf = (reader: Reader, node: Node): readonly Option[] => {
  if (node.type === 'alter_action_set_bigquery_options') {
    eat(reader, node.setKw);
    return optionsOf(reader, node.options);
  }
  if (node.type !== 'alter_action_alter_column') sweep(reader, node);
  else if (node.action.type === 'alter_action_set_bigquery_options') {
    eat(reader, node.alterKw, node.ifExistsKw);
    nameOf(reader, node.column);
    return settingsOf(reader, node.action);
  } else columnAction(reader, node);
  return [];
};

const columnAction = (reader: Reader, node: NodeOf<'alter_action_alter_column'>): void => {
  const { action } = node;
  if (action.type !== 'alter_action_set_default') {
    sweep(reader, node);
    return;
  }
  eat(reader, node.alterKw, node.ifExistsKw, action.setDefaultKw);
  nameOf(reader, node.column);
  mustReadNothing(reader, action, convertExpression(reader, action.expr));
};
