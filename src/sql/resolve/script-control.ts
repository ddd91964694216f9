import type { Block, CaseStatement, Expression, For, If, Loop } from '../ast/index.ts';
import { noSources } from '../lineage/source.ts';
import type { Sources } from '../lineage/source.ts';
import { allSources, structOf } from '../lineage/value.ts';
import { childScope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { query } from './query.ts';
import { controlled, record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { define } from './script-variable.ts';
import { statements } from './statement.ts';

/** Conditions count as a statement of their own; everything within depends on them. */
function conditions(
  walk: ScriptWalk,
  kind: string,
  nodes: readonly (Expression | undefined)[],
  range: If['range'],
): Sources {
  const made = record(walk, kind, range, (scope) => {
    for (const node of nodes)
      if (node !== undefined) influence(scope.pass, expression(node, childScope(scope)));
    return {};
  });
  return new Set(made.facts.influences);
}

export function ifStatement(node: If, walk: ScriptWalk): void {
  const decides = conditions(
    walk,
    'IF',
    node.branches.map((branch) => branch.condition),
    node.range,
  );
  const inner = controlled(walk, decides);
  for (const branch of node.branches) statements(branch.body, inner);
  statements(node.otherwise ?? [], inner);
}

export function caseStatement(node: CaseStatement, walk: ScriptWalk): void {
  const decides = conditions(
    walk,
    'CASE',
    [node.operand, ...node.branches.map((branch) => branch.when)],
    node.range,
  );
  const inner = controlled(walk, decides);
  for (const branch of node.branches) statements(branch.body, inner);
  statements(node.otherwise ?? [], inner);
}

export function loop(node: Loop, walk: ScriptWalk): void {
  repeat(walk, (round) => {
    const decides =
      node.condition === undefined ? noSources : conditions(round, node.kind, [node.condition], node.range);
    if (node.condition === undefined) conditions(round, node.kind, [], node.range);
    statements(node.body, controlled(round, decides));
  });
}

/** Variables set late in a loop reach statements above: it is walked until no variable gains a source. */
function repeat(walk: ScriptWalk, round: (walk: ScriptWalk) => void): void {
  if (walk.repeating === true) {
    round(walk);
    return;
  }
  for (let before = -1, size = variableSources(walk); size !== before; size = variableSources(walk)) {
    before = size;
    round({ ...walk, records: [], repeating: true });
  }
  round({ ...walk, repeating: true });
}

function variableSources({ base: { script } }: ScriptWalk): number {
  const columns = [...script.tables.values()].flatMap((table) =>
    table.rows.columns.map((column) => column.value),
  );
  return [...script.variables.values(), ...columns].reduce(
    (sum, value) => sum + allSources(value).size + 1,
    0,
  );
}

/** The variable of the loop is one STRUCT of the row. */
export function forLoop(node: For, walk: ScriptWalk): void {
  hiding([node.variable.name], walk, () => {
    repeat(walk, (round) => {
      const made = record(round, 'FOR_IN', node.range, (scope) => {
        const { columns } = query(node.query, scope);
        define(scope.pass, node.variable.name, structOf(columns.map(({ name, value }) => ({ name, value }))));
        return {};
      });
      statements(node.body, controlled(round, new Set(made.facts.influences)));
    });
  });
}

export function block(node: Block, walk: ScriptWalk): void {
  conditions(walk, 'BEGIN_END', [], node.range);
  const declared = node.body.flatMap((each) =>
    each.type === 'declare' ? each.names.map((name) => name.name) : [],
  );
  hiding(declared, walk, () => {
    const inner = node.exceptionHandler === undefined ? walk : controlled(walk, noSources);
    statements(node.body, inner);
    statements(node.exceptionHandler ?? [], inner);
  });
}

/** Variables of a block hide those of the same name around it. */
function hiding(names: readonly string[], { base: { script } }: ScriptWalk, run: () => void): void {
  const before = names.map((name) => [name.toLowerCase(), script.variables.get(name.toLowerCase())] as const);
  run();
  for (const [name, value] of before) {
    if (value === undefined) script.variables.delete(name);
    else script.variables.set(name, value);
  }
}
