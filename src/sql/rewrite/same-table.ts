import type { ObjectName } from '../catalog.ts';

/** True when the names can mean the same table: a name that ends in `*` means all that begin so. */
export function sameTable(a: ObjectName, b: ObjectName): boolean {
  if (a.project !== b.project || a.dataset !== b.dataset) return false;
  if (a.name === b.name) return true;
  const [left, right] = [prefixOf(a.name), prefixOf(b.name)];
  if (left !== undefined && right !== undefined) return left.startsWith(right) || right.startsWith(left);
  if (left !== undefined) return b.name.startsWith(left);
  return right !== undefined && a.name.startsWith(right);
}

function prefixOf(name: string): string | undefined {
  return name.endsWith('*') ? name.slice(0, -1) : undefined;
}
