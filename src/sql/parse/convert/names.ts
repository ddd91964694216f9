import type { Name, Path } from '../../ast/index.ts';
import type { Token } from '../../lexer/index.ts';
import { eat, misread, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { tokenAt, type Source } from '../source.ts';
import type { Node, NodeOf } from '../tree.ts';

type NameLeaf = NodeOf<'identifier' | 'bigquery_quoted_member_expr'>;

const isName = (token: Token): boolean =>
  token.kind === 'word' || token.kind === 'quoted' || token.kind === 'integer';

/** The token that a leaf stands for. */
export const tokenOf = (reader: Reader, node: Pick<Node, 'range'>): Token => {
  const start = startOf(reader, node);
  const index = reader.source.starts.get(start);
  return index === undefined ? misread(rangeOf(reader, node)) : tokenAt(reader.source, index);
};

/** A name as the lexer reads it; dashes are refused, they belong to the first part of a table path. */
export const nameOf = (reader: Reader, node: Node): Name => {
  if (node.type !== 'identifier' && node.type !== 'bigquery_quoted_member_expr')
    return unexpected(reader, node);
  const name = leafName(reader, node);
  if (!name.quoted && name.name.includes('-')) {
    return refuse('misread', 'A dash stands in a name outside of a table path.', name.range);
  }
  return name;
};

const leafName = (reader: Reader, node: NameLeaf): Name => {
  const token = tokenOf(reader, node);
  const range = rangeOf(reader, node);
  if (!isName(token)) return misread(range);
  eat(reader, node);
  if (token.kind === 'quoted') return token.end === range.end ? namedBy(token) : misread(range);
  const name = token.end === range.end ? token.value : reader.source.text.slice(range.start, range.end);
  return { name, quoted: false, range };
};

export const namedBy = (token: Token): Name => ({
  name: token.value,
  quoted: token.kind === 'quoted',
  range: { start: token.start, end: token.end },
});

export const namesOf = (reader: Reader, nodes: readonly Node[]): readonly Name[] =>
  nodes.map((node) => nameOf(reader, node));

/** The leaves of `a.b.c`, from left to right. */
const leavesOf = (reader: Reader, node: Node): NameLeaf[] => {
  if (node.type === 'identifier' || node.type === 'bigquery_quoted_member_expr') return [node];
  if (node.type !== 'member_expr') return unexpected(reader, node);
  return [...leavesOf(reader, node.object), ...leavesOf(reader, node.property)];
};

/** A path of plain names, as in an expression: quoted names are not split at their dots. */
export const pathOf = (reader: Reader, node: Node): Path => {
  const [first, ...rest] = leavesOf(reader, node).map((leaf) => nameOf(reader, leaf));
  return first === undefined ? unexpected(reader, node) : [first, ...rest];
};

/** The path of a table, routine or other object: `` `p.d.t` `` is three parts, `my-project.d.t` too. */
export const objectPathOf = (reader: Reader, node: Node): Path => {
  const names = leavesOf(reader, node).map((leaf) => leafName(reader, leaf));
  const dashed = names.findIndex((name) => !name.quoted && name.name.includes('-'));
  if (dashed > 0) misread(rangeOf(reader, node));
  return splitPath(reader.source, names);
};

/** Splits quoted names at their dots and puts back together what the dots of old projects divide. */
export const splitPath = (source: Source, names: readonly Name[]): Path => {
  const [first, ...rest] = names.flatMap((name) => splitName(source, name));
  return first === undefined
    ? refuse('syntax', 'A name is missing.', { start: 0, end: 0 })
    : [first, ...rest];
};

const splitName = (source: Source, name: Name): Name[] => {
  if (!name.quoted || !name.name.includes('.')) return [name];
  const parts = name.name.split('.');
  if (parts.some((part) => part === ''))
    return refuse('lexer', 'A quoted path has an empty part.', name.range);
  const { start, end } = name.range;
  const exact = end - start === name.name.length + 2 && source.text.slice(start + 1, end - 1) === name.name;
  let at = start + 1;
  return parts.map((part) => {
    const range = exact ? { start: at, end: at + part.length } : name.range;
    at += part.length + 1;
    return { name: part, quoted: true, range };
  });
};
