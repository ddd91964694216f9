import { z } from 'zod';
import { nearest } from './nearest.ts';

/** One line per fault, at most ten: `guard.yaml:7:13 rules.1.effect …`. */
export function faults(
  error: z.ZodError,
  schema: z.ZodType,
  locate: (path: readonly PropertyKey[]) => string,
): string {
  return error.issues
    .map((issue) => ({ path: [], issue }))
    .map(innermost)
    .slice(0, 10)
    .map(({ path: outer, issue }) => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      const path = [...outer, ...issue.path];
      const words = `${messageOf(issue)}${unknown.map((key) => suggestion(key, schema)).join('')}`;
      return `${locate([...path, ...unknown])} ${path.join('.')} ${words}`.replace(/ {2,}/, ' ');
    })
    .join('\n');
}

/** Of a name that may not stand there: what is wrong with it. */
function messageOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
}

interface Placed {
  readonly path: readonly PropertyKey[];
  readonly issue: z.core.$ZodIssue;
}

/** Of several readings that all fail, the one that came furthest says most. */
function innermost(placed: Placed): Placed {
  const { path, issue } = placed;
  if (issue.code !== 'invalid_union') return placed;
  const found = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((each) => innermost({ path: [...path, ...issue.path], issue: each }))
    .toSorted((a, b) => depth(b) - depth(a))[0];
  return found === undefined || depth(found) <= depth(placed) ? placed : found;
}

function depth({ path, issue }: Placed): number {
  return path.length + issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

function suggestion(key: string, schema: z.ZodType): string {
  const found = nearest(key, keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })));
  return found === undefined ? '' : `. Did you mean "${found}"?`;
}

function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) => [
    ...(name === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value) : []),
    ...keysOf(value),
  ]);
}
