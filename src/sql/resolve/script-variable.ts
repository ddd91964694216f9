import type { Declare, SetVariable } from '../ast/index.ts';
import { typeOfDataType } from '../lineage/type.ts';
import { constant, dependent, fieldsOf, merge } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Sources } from '../lineage/source.ts';
import { union } from '../lineage/source.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';

export function declare(node: Declare, walk: ScriptWalk): void {
  record(walk, 'DECLARE', node.range, (scope) => {
    const type = node.dataType === undefined ? undefined : typeOfDataType(node.dataType);
    const value = node.defaultValue === undefined ? constant(type) : expression(node.defaultValue, scope);
    for (const name of node.names) define(scope.pass, name.name, { ...value, type: type ?? value.type });
    return {};
  });
}

/** A new variable, which hides one of the same name around its block. */
export function define(pass: Pass, name: string, value: Value): void {
  pass.script.variables.set(name.toLowerCase(), { ...dependentOn(value, pass.control), copied: false });
}

/** A variable keeps the sources of all values that it ever had: the order of branches and loops is not followed. */
export function assign(pass: Pass, name: string, value: Value): void {
  const key = name.toLowerCase();
  const before = pass.script.variables.get(key);
  const merged = before === undefined ? value : merge([before, value], before.type ?? value.type);
  define(pass, key, merged);
}

function dependentOn(value: Value, sources: Sources): Value {
  return sources.size === 0 ? value : { ...value, computed: union([value.computed, sources]) };
}

export function setVariable(node: SetVariable, walk: ScriptWalk): void {
  record(walk, 'SET', node.range, (scope) => {
    const value = expression(node.value, scope);
    const fields = node.targets.length > 1 ? fieldsOf(value) : undefined;
    // Each part counts as made of the whole: whether the assignment fails depends on all of it.
    for (const [index, target] of node.targets.entries()) {
      const field = fields?.[index]?.value;
      const part = field === undefined ? value : dependent(field, [value]);
      if (target.type === 'variable') assign(scope.pass, target.name.name, part);
      else setSystemVariable(target.parts.map((each) => each.name.toLowerCase()).join('.'), node, scope);
    }
    return {};
  });
}

function setSystemVariable(name: string, node: SetVariable, { pass }: Scope): void {
  pass.facts.systemVariables.add(name);
  if (name !== 'dataset_id' && name !== 'dataset_project_id') return;
  const { value } = node;
  if (value.type !== 'literal' || value.kind !== 'string' || node.targets.length !== 1) {
    reportGap(pass, 'dynamic-sql', `@@${name} is computed, and names depend on it`, node.range);
  } else if (pass.conditional) {
    reportGap(pass, 'dynamic-sql', `@@${name} is set in one branch only`, node.range);
  } else if (name === 'dataset_id') pass.script.datasetId = value.value;
  else pass.script.datasetProject = value.value;
}
