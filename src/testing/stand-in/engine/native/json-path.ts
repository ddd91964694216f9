import type { JsonNode } from './json-value.ts';

export type JsonStep = { readonly key: string } | { readonly index: number };

const steps = {
  /** `$.a`, `$['a']`, `$[0]` (JSON_EXTRACT) or `$.a`, `$."a b"`, `$[0]` (JSON_VALUE, JSON_QUERY). */
  legacy: /\.([^.[\]\s]+)|\[([0-9]+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y,
  standard: /\.([^.[\]"\s]+)|\[([0-9]+)\]|\."((?:[^"\\]|\\.)*)"/y,
};

export function parsePath(path: string, style: 'legacy' | 'standard'): readonly JsonStep[] {
  if (!path.startsWith('$')) throw new Error(`JSONPath must start with '$'`);
  const pattern = new RegExp(steps[style].source, 'y');
  const found: JsonStep[] = [];
  for (let at = 1; at < path.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(path);
    if (match === null) throw new Error(`Invalid token in JSONPath at: ${path.slice(at)}`);
    found.push(stepOf(match));
  }
  return found;
}

function stepOf(match: RegExpExecArray): JsonStep {
  if (match[2] !== undefined) return { index: Number(match[2]) };
  return { key: match[1] ?? (match[3] ?? match[4] ?? '').replaceAll(/\\(.)/g, '$1') };
}

export function follow(node: JsonNode | undefined, path: readonly JsonStep[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>(follow1, node);
}

function follow1(node: JsonNode | undefined, step: JsonStep): JsonNode | undefined {
  if ('index' in step) return node?.kind === 'array' ? node.items[step.index] : undefined;
  return node?.kind === 'object' ? node.members.get(step.key) : undefined;
}

const missing: JsonNode = { kind: 'null' };

/** A copy with the value at the path replaced; missing members are made, a path that does not fit changes nothing. */
export function withValue(node: JsonNode, path: readonly JsonStep[], value: JsonNode): JsonNode {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if ('index' in step) return withItem(node, step.index, rest, value);
  if (node.kind !== 'object' && node.kind !== 'null') return node;
  const members = new Map(node.kind === 'object' ? node.members : []);
  members.set(step.key, withValue(members.get(step.key) ?? missing, rest, value));
  return { kind: 'object', members };
}

function withItem(node: JsonNode, index: number, rest: readonly JsonStep[], value: JsonNode): JsonNode {
  if (node.kind !== 'array' && node.kind !== 'null') return node;
  const items = node.kind === 'array' ? [...node.items] : [];
  while (items.length <= index) items.push(missing);
  items[index] = withValue(items[index] ?? missing, rest, value);
  return { kind: 'array', items };
}

export function without(node: JsonNode, path: readonly JsonStep[]): JsonNode {
  const [step, ...rest] = path;
  if (step === undefined) throw new Error('The JSONPath cannot be $');
  if ('index' in step) {
    if (node.kind !== 'array') return node;
    const items = node.items.flatMap((item, index) => {
      if (index !== step.index) return [item];
      return rest.length === 0 ? [] : [without(item, rest)];
    });
    return { kind: 'array', items };
  }
  if (node.kind !== 'object') return node;
  const members = new Map(node.members);
  const inner = members.get(step.key);
  if (rest.length === 0) members.delete(step.key);
  else if (inner !== undefined) members.set(step.key, without(inner, rest));
  return { kind: 'object', members };
}
