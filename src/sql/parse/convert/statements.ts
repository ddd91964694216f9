// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { Statement } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { exportData, loadData } from './data.ts';
import { deletion, insert, merge, truncate, update } from './dml.ts';
import {
  administration,
  alterSchema,
  alterView,
  drop,
  dropRowAccessPolicy,
  rowAccessPolicy,
} from './other-ddl.ts';
import { convertQuery, isQuery } from './queries.ts';
import { createFunction, createProcedure } from './routines.ts';
import {
  assertion,
  block,
  callProcedure,
  caseStatement,
  declare,
  executeImmediate,
  forStatement,
  ifStatement,
  jump,
  labeled,
  loop,
  raise,
  setVariable,
  transaction,
} from './scripts.ts';
import { alterTable, createSchema, createTable, createView } from './tables.ts';

export const convertStatements = (reader: Reader, program: NodeOf<'program'>): readonly Statement[] =>
  program.statements
    .filter((statement) => statement.type !== 'empty')
    .map((statement) => convertStatement(reader, statement));

const convertStatement = (reader: Reader, node: Node): Statement => {
  const note = take(reader.holes.statements, startOf(reader, node));
  if (note !== undefined) return note();
  if (isQuery(node) || node.type === 'paren_expr') {
    return { type: 'queryStatement', query: convertQuery(reader, node), range: rangeOf(reader, node) };
  }
  return manipulation(reader, node) ?? definition(reader, node) ?? procedural(reader, node);
};

const manipulation = (reader: Reader, node: Node): Statement | undefined => {
  switch (node.type) {
    case 'insert_stmt':
      return insert(reader, node);
    case 'update_stmt':
      return update(reader, node);
    case 'delete_stmt':
      return deletion(reader, node);
    case 'merge_stmt':
      return merge(reader, node);
    case 'truncate_stmt':
      return truncate(reader, node);
    case 'export_data_stmt':
      return exportData(reader, node);
    case 'load_data_stmt':
      return loadData(reader, node);
    default:
      return undefined;
  }
};

const definition = (reader: Reader, node: Node): Statement | undefined => {
  switch (node.type) {
    case 'create_table_stmt':
      return createTable(reader, node);
    case 'create_view_stmt':
      return createView(reader, node);
    case 'create_function_stmt':
      return createFunction(reader, node);
    case 'create_procedure_stmt':
      return createProcedure(reader, node);
    case 'create_schema_stmt':
      return createSchema(reader, node);
    case 'alter_table_stmt':
      return alterTable(reader, node);
    case 'alter_view_stmt':
      return alterView(reader, node);
    case 'alter_schema_stmt':
      return alterSchema(reader, node);
    case 'drop_table_stmt':
    case 'drop_view_stmt':
    case 'drop_schema_stmt':
    case 'drop_function_stmt':
    case 'drop_procedure_stmt':
      return drop(reader, node);
    case 'drop_row_access_policy_stmt':
      return dropRowAccessPolicy(reader, node);
    case 'create_row_access_policy_stmt':
      return rowAccessPolicy(reader, node);
    case 'create_capacity_stmt':
    case 'drop_capacity_stmt':
    case 'create_reservation_stmt':
    case 'drop_reservation_stmt':
    case 'create_assignment_stmt':
    case 'drop_assignment_stmt':
    case 'alter_organization_stmt':
    case 'alter_project_stmt':
    case 'alter_bi_capacity_stmt':
    case 'alter_capacity_stmt':
    case 'alter_reservation_stmt':
      return administration(reader, node);
    default:
      return undefined;
  }
};

const procedural = (reader: Reader, node: Node): Statement => {
  switch (node.type) {
    case 'declare_stmt':
      return declare(reader, node);
    case 'set_stmt':
      return setVariable(reader, node);
    case 'if_stmt':
      return ifStatement(reader, node);
    case 'case_stmt':
      return caseStatement(reader, node);
    case 'loop_stmt':
    case 'while_stmt':
    case 'repeat_stmt':
      return loop(reader, node);
    case 'for_stmt':
      return forStatement(reader, node);
    case 'block_stmt':
      return block(reader, node);
    case 'labeled_stmt':
      return labeled(reader, node);
    case 'break_stmt':
    case 'continue_stmt':
    case 'return_stmt':
      return jump(reader, node);
    case 'raise_stmt':
      return raise(reader, node);
    case 'call_stmt':
      return callProcedure(reader, node);
    case 'execute_immediate_stmt':
      return executeImmediate(reader, node);
    case 'start_transaction_stmt':
    case 'commit_transaction_stmt':
    case 'rollback_transaction_stmt':
      return transaction(reader, node);
    case 'assert_stmt':
      return assertion(reader, node);
    default:
      return unexpected(reader, node);
  }
};
