import { parse } from '../../../src/sql/parse/index.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The tree without places; names as they are written, paths joined by slashes. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const names = value.map((part: unknown) => (isName(part) ? String(part['name']) : undefined));
    if (value.length > 0 && names.every((name) => name !== undefined)) return names.join('/');
    return value.map(bare);
  }
  if (!isRecord(value)) return value;
  if (isName(value)) return value['name'];
  const entries = Object.entries(value).filter(
    ([key, part]) => key !== 'range' && key !== 'pathRange' && !isIdle(part),
  );
  return Object.fromEntries(entries.map(([key, part]) => [key, bare(part)]));
};

const isName = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && 'quoted' in value;

const isIdle = (value: unknown): boolean => value === false || (Array.isArray(value) && value.length === 0);

/** The statements of a text without places, empty lists and false flags; or its gaps. */
export const treeOf = (text: string): unknown => {
  const { script, gaps } = parse(text);
  return script === undefined ? gaps.map((gap) => gap.code) : bare(script.statements);
};

/** The only query of a text. */
export const queryOf = (text: string): unknown => {
  const [statement] = parse(text).script?.statements ?? [];
  return statement?.type === 'queryStatement' ? bare(statement.query) : treeOf(text);
};

/** The only expression of `SELECT …`. */
export const expressionOf = (text: string): unknown => {
  const [statement] = parse(`SELECT ${text}`).script?.statements ?? [];
  const body = statement?.type === 'queryStatement' ? statement.query.body : undefined;
  const item = body?.type === 'select' ? body.items[0] : undefined;
  return item?.type === 'selectExpression' ? bare(item.value) : treeOf(`SELECT ${text}`);
};

/** Names of all tables in a tree, in order of appearance. */
export const tablesIn = (tree: unknown): readonly string[] => {
  if (Array.isArray(tree)) return tree.flatMap(tablesIn);
  if (!isRecord(tree)) return [];
  const own = tree['type'] === 'table' && Array.isArray(tree['path']) ? [String(bare(tree['path']))] : [];
  return [...own, ...Object.values(tree).flatMap(tablesIn)];
};

/** Tables of a text, or the codes of its gaps. */
export const tablesOf = (text: string): readonly string[] | { readonly gaps: readonly string[] } => {
  const { script, gaps } = parse(text);
  return script === undefined ? { gaps: gaps.map((gap) => gap.code) } : tablesIn(script);
};
