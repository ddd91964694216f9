// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { ExportData, LoadData } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { tableReference } from './from.ts';
import { columnDefinitions, connectionOf, option, optionsOf } from './options.ts';
import { convertQuery } from './queries.ts';
import { mustReadNothing } from './sweep.ts';

export const exportData = (reader: Reader, node: NodeOf<'export_data_stmt'>): ExportData => {
  eat(reader, node.exportDataKw, node.as.asKw);
  const { withConnection } = node;
  return {
    type: 'exportData',
    ...(withConnection === undefined ? {} : { connection: connectionOf(reader, withConnection) }),
    options: optionsOf(reader, node.options),
    query: convertQuery(reader, node.as.expr),
    range: rangeOf(reader, node),
  };
};

type Draft = { -readonly [Key in keyof LoadData]: LoadData[Key] };

export const loadData = (reader: Reader, node: NodeOf<'load_data_stmt'>): LoadData => {
  eat(reader, node.loadDataKw, node.intoKw);
  const draft: Draft = {
    type: 'loadData',
    target: tableReference(reader, node.table),
    overwrite: node.intoKw.name === 'OVERWRITE',
    options: [],
    range: rangeOf(reader, node),
  };
  if (take(reader.holes.words, startOf(reader, node)) !== undefined) draft.temporary = true;
  if (node.columns !== undefined) draft.columns = columnDefinitions(reader, node.columns.expr.items);
  for (const clause of node.clauses) loadClause(reader, draft, clause);
  return draft;
};

const loadClause = (reader: Reader, draft: Draft, clause: Node): void => {
  switch (clause.type) {
    case 'bigquery_options':
      draft.options = [...draft.options, ...optionsOf(reader, clause)];
      break;
    case 'from_files_options':
      eat(reader, clause.fromFilesKw);
      draft.options = [...draft.options, ...clause.options.expr.items.map((item) => option(reader, item))];
      break;
    case 'with_connection_clause':
      draft.connection = connectionOf(reader, clause);
      break;
    case 'partition_by_clause':
      eat(reader, clause.partitionByKw);
      for (const item of clause.specifications.items)
        mustReadNothing(reader, item, convertExpression(reader, item));
      break;
    case 'cluster_by_clause':
      eat(reader, clause.clusterByKw);
      for (const item of clause.columns.items) mustReadNothing(reader, item, convertExpression(reader, item));
      break;
    case 'with_partition_columns_clause':
      eat(reader, clause.withPartitionColumnsKw);
      draft.columns = [
        ...(draft.columns ?? []),
        ...columnDefinitions(reader, clause.columns?.expr.items ?? []),
      ];
      break;
    default:
      unexpected(reader, clause);
  }
};
