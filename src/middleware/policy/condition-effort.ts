import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './condition-nodes.ts';
import { lateVariables, longestList, type LateVariable } from './variables.ts';

type Fault = (message: string, node: ASTNode) => Error;

/** What a condition names that is known only later, or only by the policy. */
export interface Named {
  readonly late: ReadonlySet<LateVariable>;
  readonly tags: readonly string[];
  /** It names nothing, so it is always the same. */
  readonly isConstant: boolean;
}

/** Functions whose effort is known; `matches` would be a JavaScript pattern, which can run for ever. */
const functions = new Set(
  (
    'has size int double string timestamp duration glob startsWith endsWith contains lowerAscii upperAscii trim ' +
    'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds'
  ).split(' '),
);

const loops = new Set(['exists', 'all', 'exists_one', 'filter', 'map']);

const mostSteps = 400_000;

/** Members of the variables that are lists or maps. */
const lists = new Set(
  'groups delegation tables columns functions routines referencedTables taggedColumns'.split(' '),
);

/**
 * Refuses what could run long: unknown functions, and loops within loops over lists of which nobody knows the
 * length.
 */
export function checkEffort(ast: ASTNode, fault: Fault): Named {
  if (stepsOf(ast, fault) > mostSteps) {
    throw fault('it may take too many steps, since it goes through lists within lists', ast);
  }
  return { late: new Set(lateIn(ast)), tags: tagsIn(ast), isConstant: !namesAnything(ast) };
}

function stepsOf(node: ASTNode, fault: Fault): number {
  const children = childrenOf(node).map((child) => stepsOf(child, fault));
  const sum = children.reduce((total, each) => total + each, 1);
  if (node.op === '.' && lists.has(node.args[1])) return sum + longestList;
  if (node.op !== 'call' && node.op !== 'rcall') return sum;
  const name = node.args[0];
  if (node.op === 'rcall' && loops.has(name)) {
    const [list = 0, ...body] = children;
    return list * body.reduce((total, each) => total + each, 1);
  }
  if (!functions.has(name)) throw fault(`the function ${name} is not available in conditions`, node);
  return sum;
}

function lateIn(node: ASTNode): readonly LateVariable[] {
  const own = node.op === 'id' ? lateVariables.filter((name) => name === node.args) : [];
  return [...own, ...childrenOf(node).flatMap(lateIn)];
}

const namesAnything = (node: ASTNode): boolean => node.op === 'id' || childrenOf(node).some(namesAnything);

/** `facts.taggedColumns.pii`, `facts.taggedColumns["pii"]` */
function tagsIn(node: ASTNode): readonly string[] {
  const below = childrenOf(node).flatMap(tagsIn);
  if (node.op === '.' && isTagged(node.args[0])) return [node.args[1], ...below];
  if (node.op === '[]' && isTagged(node.args[0]) && node.args[1].op === 'value') {
    return [String(node.args[1].args), ...below];
  }
  return below;
}

const isTagged = (node: ASTNode): boolean => node.op === '.' && node.args[1] === 'taggedColumns';
