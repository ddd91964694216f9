import type { Statement } from '../ast/index.ts';
import { createFunction, createProcedure, createTableFunction } from './create-routine.ts';
import { createTable } from './create-table.ts';
import { createView } from './create-view.ts';
import { exportData, loadData } from './data.ts';
import { alterTable, createModel, createSchema, drop, otherDdl } from './ddl.ts';
import { deleteRows, insert, truncate, update } from './dml.ts';
import { merge } from './merge.ts';
import { callProcedure, executeImmediate } from './procedure-call.ts';
import { queryStatement } from './query-statement.ts';
import type { ScriptWalk } from './record.ts';
import { assert, jump, raise, transaction } from './script-simple.ts';
import { block, caseStatement, forLoop, ifStatement, loop } from './script-control.ts';
import { declare, setVariable } from './script-variable.ts';

type Handlers = {
  readonly [Kind in Statement['type']]: (node: Extract<Statement, { type: Kind }>, walk: ScriptWalk) => void;
};

export function statements(nodes: readonly Statement[], walk: ScriptWalk): void {
  for (const node of nodes) dispatch(handlers, node, walk);
}

function dispatch<Kind extends Statement['type']>(
  all: { readonly [K in Kind]: (node: Extract<Statement, { type: K }>, walk: ScriptWalk) => void },
  node: Extract<Statement, { type: Kind }>,
  walk: ScriptWalk,
): void {
  const handler: (node: Extract<Statement, { type: Kind }>, walk: ScriptWalk) => void = all[node.type];
  handler(node, walk);
}

const handlers: Handlers = {
  queryStatement,
  insert,
  update,
  delete: deleteRows,
  merge,
  truncate,
  createTable,
  createView,
  createFunction,
  createTableFunction,
  createProcedure,
  createSchema,
  alterTable,
  createModel,
  drop,
  otherDdl,
  exportData,
  loadData,
  declare,
  set: setVariable,
  if: ifStatement,
  caseStatement,
  loop,
  for: forLoop,
  block,
  jump,
  raise,
  callProcedure,
  executeImmediate,
  transaction,
  assert,
};
