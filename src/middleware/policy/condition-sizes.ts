import type { ASTNode } from '@marcbachmann/cel-js';
import { parseBytes } from './byte-size.ts';
import { childrenOf } from './condition-nodes.ts';

type Fault = (message: string, node: ASTNode) => Error;

/**
 * CEL's own `bytes` makes bytes of a text. In a condition it says a size, `bytes("10 GiB")`, and stands for the whole
 * number: it is written into the text before that is read again.
 */
export function sizeLiterals(text: string, ast: ASTNode, fault: Fault): string {
  return sizesIn(ast, fault)
    .toSorted((a, b) => b.start - a.start)
    .reduce((made, { start, end, value }) => made.slice(0, start) + value + made.slice(end), text);
}

interface Size {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

function sizesIn(node: ASTNode, fault: Fault): readonly Size[] {
  if (node.op !== 'call' || node.args[0] !== 'bytes') {
    return childrenOf(node).flatMap((child) => sizesIn(child, fault));
  }
  const [argument] = node.args[1];
  const given = argument?.op === 'value' && typeof argument.args === 'string' ? argument.args : undefined;
  const value = given === undefined ? undefined : parseBytes(given);
  if (value === undefined || value >= 1n << 62n)
    throw fault('bytes takes a size, as in bytes("10 GiB")', node);
  const { start, end } = node.range;
  // As long as what it replaces, so that places in the text stay what they are.
  return [{ start, end, value: value.toString().padEnd(end - start) }];
}
