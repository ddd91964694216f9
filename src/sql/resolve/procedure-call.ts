import type { CallProcedure, ExecuteImmediate } from '../ast/index.ts';
import { derive, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { influence, reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { isSystemProcedure, systemProcedure } from './system-procedure.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { findRoutine } from './routine.ts';
import { newScriptState } from './script-state.ts';
import { assign } from './script-variable.ts';
import { statements } from './statement.ts';
import { mergeBeneath, withinObject } from './view.ts';

/** The statements of the procedure count as the call's own. */
export function callProcedure(node: CallProcedure, walk: ScriptWalk): void {
  record(walk, 'CALL', node.range, (scope) => {
    const values = node.arguments.map(({ value }) =>
      value.type === 'expression' ? expression(value.expression, scope) : unknownValue,
    );
    for (const value of values) influence(scope.pass, value);
    if (isSystemProcedure(node.name)) systemProcedure(node, scope);
    else procedure(node, values, scope);
    return {};
  });
}

function procedure(node: CallProcedure, values: readonly Value[], { pass }: Scope): void {
  const found = findRoutine(node.name, node.range, ['PROCEDURE'], pass);
  if (found === undefined) return;
  const parsed =
    found.language.toUpperCase() === 'SQL' && found.body !== undefined
      ? pass.known.parse(found.body)
      : undefined;
  const inner = withinObject(pass, found.name, pass.place ?? node.range);
  if (parsed?.script === undefined || inner === undefined) {
    pass.facts.flags.add('external');
    reportGap(pass, 'unknown-routine', `the procedure ${found.name.name} cannot be read`, node.range);
    return;
  }
  for (const gap of parsed.gaps) reportGap(pass, gap.code, `${found.name.name}: ${gap.message}`, node.range);
  if (changesArguments(node)) {
    reportGap(
      pass,
      'unsupported',
      'a procedure that may set the variables given to it is not followed',
      node.range,
    );
  }
  const variables = new Map(
    found.parameters.map((each, index) => [each.name.toLowerCase(), values[index] ?? unknownValue]),
  );
  walkBody(inner, pass, variables, parsed.script.statements);
}

function changesArguments(node: CallProcedure): boolean {
  return node.arguments.some(({ value }) => value.type === 'expression' && value.expression.type === 'path');
}

function walkBody(
  inner: Pass,
  outer: Pass,
  variables: Map<string, Value>,
  body: Parameters<typeof statements>[0],
): void {
  const records: ScriptWalk['records'] = [];
  statements(body, { base: { ...inner, script: { ...newScriptState(), variables } }, records });
  for (const { facts } of records) {
    mergeBeneath(facts, outer.facts);
    for (const source of facts.columns) outer.facts.columns.add(source);
    for (const flag of facts.flags) outer.facts.flags.add(flag);
  }
}

/** What the text says is known only when it runs. */
export function executeImmediate(node: ExecuteImmediate, walk: ScriptWalk): void {
  record(walk, 'EXECUTE_IMMEDIATE', node.range, (scope) => {
    scope.pass.facts.flags.add('dynamicSql');
    reportGap(
      scope.pass,
      'dynamic-sql',
      'the text of EXECUTE IMMEDIATE is known only when it runs',
      node.range,
    );
    const inner = childScope(scope);
    const values = [node.sql, ...node.using.map((each) => each.value)].map((value) =>
      expression(value, inner),
    );
    for (const value of values) influence(scope.pass, value);
    for (const name of node.into) assign(scope.pass, name.name, derive(values));
    return {};
  });
}
