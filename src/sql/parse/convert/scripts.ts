// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type {
  Assert,
  Block,
  CallProcedure,
  CaseStatement,
  Declare,
  ExecuteImmediate,
  Expression,
  For,
  If,
  Jump,
  Loop,
  Name,
  Path,
  Raise,
  SetVariable,
  Statement,
  Transaction,
} from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { argumentsOf } from './calls.ts';
import { convertDataType } from './data-types.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, namesOf, objectPathOf, tokenOf } from './names.ts';
import { convertQuery, isQuery } from './queries.ts';
import { aliased } from './selects.ts';
import { convertStatements } from './statements.ts';
import { mustBeAbsent } from './sweep.ts';

export const declare = (reader: Reader, node: NodeOf<'declare_stmt'>): Declare => {
  eat(reader, node.declareKw);
  mustBeAbsent(reader, node.constantKw, node.constraints);
  const { init } = node;
  if (init !== undefined && typeof init.operator === 'string') return unexpected(reader, init);
  if (init !== undefined && typeof init.operator !== 'string') eat(reader, init.operator);
  return {
    type: 'declare',
    names: namesOf(reader, node.names.items),
    ...(node.dataType === undefined ? {} : { dataType: convertDataType(reader, node.dataType) }),
    ...(init === undefined ? {} : { defaultValue: convertExpression(reader, init.expr) }),
    range: rangeOf(reader, node),
  };
};

export const setVariable = (reader: Reader, node: NodeOf<'set_stmt'>): SetVariable => {
  eat(reader, node.setKw);
  const [only, ...others] = node.assignments.items;
  if (only === undefined || others.length > 0) return unexpected(reader, node);
  const targets = setTargets(reader, only.left);
  return { type: 'set', targets, value: convertExpression(reader, only.right), range: rangeOf(reader, node) };
};

const setTargets = (reader: Reader, node: Node): SetVariable['targets'] => {
  if (node.type === 'list_expr') return node.items.flatMap((item) => setTargets(reader, item));
  if (node.type === 'paren_expr') return setTargets(reader, node.expr);
  const target = convertExpression(reader, node);
  if (target.type === 'systemVariable') return [{ type: 'systemVariable', parts: target.parts }];
  if (target.type !== 'path' || target.parts.length > 1) return unexpected(reader, node);
  return [{ type: 'variable', name: target.parts[0] }];
};

export const ifStatement = (reader: Reader, node: NodeOf<'if_stmt'>): If => {
  eat(reader, node.endIfKw);
  const branches: { condition: Expression; body: readonly Statement[] }[] = [];
  let otherwise: readonly Statement[] | undefined;
  for (const clause of node.clauses) {
    if (clause.type === 'else_clause') {
      eat(reader, clause.elseKw);
      otherwise = convertStatements(reader, clause.consequent);
    } else {
      eat(reader, clause.type === 'if_clause' ? clause.ifKw : clause.elseifKw, clause.thenKw);
      const condition = convertExpression(reader, clause.condition);
      branches.push({ condition, body: convertStatements(reader, clause.consequent) });
    }
  }
  return {
    type: 'if',
    branches,
    ...(otherwise === undefined ? {} : { otherwise }),
    range: rangeOf(reader, node),
  };
};

export const caseStatement = (reader: Reader, node: NodeOf<'case_stmt'>): CaseStatement => {
  eat(reader, node.caseKw, node.endCaseKw);
  const operand = node.expr === undefined ? {} : { operand: convertExpression(reader, node.expr) };
  const branches: { when: Expression; body: readonly Statement[] }[] = [];
  let otherwise: readonly Statement[] | undefined;
  for (const clause of node.clauses) {
    if (clause.type === 'case_else') {
      eat(reader, clause.elseKw);
      otherwise = programOf(reader, clause.result);
    } else {
      eat(reader, clause.whenKw, clause.thenKw);
      branches.push({
        when: convertExpression(reader, clause.condition),
        body: programOf(reader, clause.result),
      });
    }
  }
  const rest = otherwise === undefined ? {} : { otherwise };
  return { type: 'caseStatement', ...operand, branches, ...rest, range: rangeOf(reader, node) };
};

const programOf = (reader: Reader, node: Node): readonly Statement[] =>
  node.type === 'program' ? convertStatements(reader, node) : unexpected(reader, node);

export const loop = (reader: Reader, node: NodeOf<'loop_stmt' | 'while_stmt' | 'repeat_stmt'>): Loop => {
  const base = {
    type: 'loop',
    body: convertStatements(reader, node.body),
    range: rangeOf(reader, node),
  } as const;
  switch (node.type) {
    case 'loop_stmt':
      eat(reader, node.loopKw, node.endLoopKw);
      return { ...base, kind: 'LOOP' };
    case 'while_stmt':
      eat(reader, node.whileKw, node.doKw, node.endWhileKw);
      return { ...base, kind: 'WHILE', condition: convertExpression(reader, node.condition) };
    default:
      eat(reader, node.repeatKw, node.untilKw, node.endRepeatKw);
      return { ...base, kind: 'REPEAT', condition: convertExpression(reader, node.condition) };
  }
};

export const forStatement = (reader: Reader, node: NodeOf<'for_stmt'>): For => {
  eat(reader, node.forKw, node.inKw, node.doKw, node.endForKw);
  const inner: Node = node.right.expr;
  const note = take(reader.holes.queries, startOf(reader, inner));
  const query =
    note === undefined ? convertQuery(reader, isQuery(inner) ? inner : unexpected(reader, inner)) : note();
  const variable = nameOf(reader, node.left);
  return {
    type: 'for',
    variable,
    query,
    body: convertStatements(reader, node.body),
    range: rangeOf(reader, node),
  };
};

export const block = (reader: Reader, node: NodeOf<'block_stmt'>): Block => {
  eat(reader, node.beginKw, node.endKw);
  mustBeAbsent(reader, node.declare, node.atomicKw);
  const body = convertStatements(reader, node.program);
  const handler =
    node.exception === undefined ? {} : { exceptionHandler: exceptionHandler(reader, node.exception) };
  return { type: 'block', body, ...handler, range: rangeOf(reader, node) };
};

const exceptionHandler = (reader: Reader, node: NodeOf<'exception_clause'>): readonly Statement[] => {
  eat(reader, node.exceptionKw);
  const [only, ...others] = node.clauses;
  if (only === undefined || others.length > 0 || only.condition.type !== 'error_bigquery') {
    return unexpected(reader, node);
  }
  eat(reader, only.whenKw, only.thenKw, only.condition.errorKw);
  return convertStatements(reader, only.program);
};

export const labeled = (reader: Reader, node: NodeOf<'labeled_stmt'>): Block | Loop | For => {
  if (node.beginLabel.type !== 'colon_label') return unexpected(reader, node);
  const label = nameOf(reader, node.beginLabel.label);
  if (node.endLabel !== undefined) nameOf(reader, node.endLabel);
  const range = rangeOf(reader, node);
  switch (node.statement.type) {
    case 'block_stmt':
      return { ...block(reader, node.statement), label, range };
    case 'loop_stmt':
    case 'while_stmt':
    case 'repeat_stmt':
      return { ...loop(reader, node.statement), label, range };
    case 'for_stmt':
      return { ...forStatement(reader, node.statement), label, range };
    default:
      return unexpected(reader, node.statement);
  }
};

export const jump = (reader: Reader, node: NodeOf<'break_stmt' | 'continue_stmt' | 'return_stmt'>): Jump => {
  const range = rangeOf(reader, node);
  if (node.type === 'return_stmt') {
    eat(reader, node.returnKw);
    mustBeAbsent(reader, node.expr);
    return { type: 'jump', kind: 'RETURN', range };
  }
  mustBeAbsent(reader, node.when);
  eat(reader, node.type === 'break_stmt' ? node.breakKw : node.continueKw);
  const label: Name | undefined = node.label === undefined ? undefined : nameOf(reader, node.label);
  const kind = node.type === 'break_stmt' ? 'BREAK' : 'CONTINUE';
  return { type: 'jump', kind, ...(label === undefined ? {} : { label }), range };
};

export const raise = (reader: Reader, node: NodeOf<'raise_stmt'>): Raise => {
  eat(reader, node.raiseKw);
  mustBeAbsent(reader, node.level, node.error);
  const range = rangeOf(reader, node);
  if (node.using === undefined) return { type: 'raise', range };
  eat(reader, node.using.usingKw);
  const [only, ...others] = node.using.options.items;
  if (only === undefined || others.length > 0 || only.nameKw.name !== 'MESSAGE')
    return unexpected(reader, node);
  eat(reader, only.nameKw);
  return { type: 'raise', message: convertExpression(reader, only.value), range };
};

export const callProcedure = (reader: Reader, node: NodeOf<'call_stmt'>): CallProcedure => {
  eat(reader, node.callKw);
  mustBeAbsent(reader, node.func.over, node.func.filter);
  const name: Path = objectPathOf(reader, node.func.name);
  const args = node.func.args?.expr;
  mustBeAbsent(reader, args?.distinctKw, args?.nullHandlingKw, args?.orderBy, args?.limit, args?.having);
  return {
    type: 'callProcedure',
    name,
    arguments: argumentsOf(reader, args, name),
    range: rangeOf(reader, node),
  };
};

export const executeImmediate = (
  reader: Reader,
  node: NodeOf<'execute_immediate_stmt'>,
): ExecuteImmediate => {
  eat(reader, node.executeKw, node.immediateKw, node.into?.intoKw, node.using?.usingKw);
  mustBeAbsent(reader, node.into?.strictKw);
  return {
    type: 'executeImmediate',
    sql: convertExpression(reader, node.expr),
    into: namesOf(reader, node.into?.variables.items ?? []),
    using: (node.using?.values.items ?? []).map((item) =>
      item.type === 'alias' ? aliased(reader, item) : { value: convertExpression(reader, item) },
    ),
    range: rangeOf(reader, node),
  };
};

export const transaction = (
  reader: Reader,
  node: NodeOf<'start_transaction_stmt' | 'commit_transaction_stmt' | 'rollback_transaction_stmt'>,
): Transaction => {
  const range = rangeOf(reader, node);
  eat(reader, node.transactionKw);
  switch (node.type) {
    case 'start_transaction_stmt':
      eat(reader, node.startKw);
      mustBeAbsent(reader, node.behaviorKw, node.modes);
      return { type: 'transaction', action: 'BEGIN', range };
    case 'commit_transaction_stmt':
      eat(reader, node.commitKw);
      mustBeAbsent(reader, node.chain);
      if (tokenOf(reader, node.commitKw).keyword !== 'COMMIT') return unexpected(reader, node);
      return { type: 'transaction', action: 'COMMIT', range };
    default:
      eat(reader, node.rollbackKw);
      mustBeAbsent(reader, node.chain, node.savepoint);
      if (tokenOf(reader, node.rollbackKw).keyword !== 'ROLLBACK') return unexpected(reader, node);
      return { type: 'transaction', action: 'ROLLBACK', range };
  }
};

export const assertion = (reader: Reader, node: NodeOf<'assert_stmt'>): Assert => {
  eat(reader, node.assertKw);
  const condition = convertExpression(reader, node.condition);
  const range = rangeOf(reader, node);
  if (node.message === undefined) return { type: 'assert', condition, range };
  if (node.message.type !== 'as_clause') return unexpected(reader, node.message);
  eat(reader, node.message.asKw);
  return { type: 'assert', condition, message: convertExpression(reader, node.message.expr), range };
};
