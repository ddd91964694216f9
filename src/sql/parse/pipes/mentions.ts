const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Visits every object of a tree. */
const visit = (value: unknown, visitor: (node: Readonly<Record<string, unknown>>) => void): void => {
  if (Array.isArray(value)) for (const item of value) visit(item, visitor);
  else if (isRecord(value)) {
    visitor(value);
    for (const child of Object.values(value)) visit(child, visitor);
  }
};

const firstName = (path: unknown): string => {
  const first: unknown = Array.isArray(path) ? path[0] : undefined;
  return isRecord(first) && typeof first['name'] === 'string' ? first['name'].toLowerCase() : '';
};

/** True if a column path or table path in the tree starts with one of the names (in lower case). */
export const mentionsAny = (tree: unknown, names: readonly string[]): boolean => {
  let found = false;
  visit(tree, (node) => {
    if (node['type'] === 'path') found ||= names.includes(firstName(node['parts']));
    else if (node['type'] === 'table') found ||= names.includes(firstName(node['path']));
  });
  return found;
};

/** True if a table of one part in the tree has one of the names. */
export const readsAny = (tree: unknown, names: readonly string[]): boolean => {
  let found = false;
  visit(tree, (node) => {
    const path = node['type'] === 'table' ? node['path'] : undefined;
    if (Array.isArray(path) && path.length === 1) found ||= names.includes(firstName(path));
  });
  return found;
};

/** True if the tree holds a query. */
export const mentionsQuery = (tree: unknown): boolean => {
  let found = false;
  visit(tree, (node) => {
    found ||= node['type'] === 'query';
  });
  return found;
};
