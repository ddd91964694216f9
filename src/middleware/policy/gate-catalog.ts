import { boundedMap, type BoundedMap } from '../../sql/bounded-map.ts';
import type { Catalog, ObjectName } from '../../sql/catalog.ts';
import { fullName } from '../../sql/full-name.ts';
import { tablePair, type AccessPair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import { considerAgain } from './consider-again.ts';
import type { DecisionRequest } from './decide.ts';

/** A catalog that does not even look for what the principal may not touch. */
export interface GatedCatalog {
  readonly catalog: Catalog;
  /** What was not looked for: to be decided instead of the whole, and denied. */
  refused(): Pick<DecisionRequest, 'pairs' | 'columns'> | undefined;
}

/** Who asks, and by which call. */
export type Asker = Pick<DecisionRequest, 'principal' | 'agent' | 'session' | 'call' | 'now'>;

const operations = ['read', 'write', 'ddl', 'export', 'metadata', 'admin'] as const;

/**
 * A call that the rules deny whatever it reads from a table causes no request for that table; nor can a
 * principal learn by it whether the table exists.
 */
export function gateCatalog(policy: CompiledPolicy, asker: Asker, catalog: Catalog): GatedCatalog {
  const refused: AccessPair[] = [];
  const known = new Map<string, boolean>();
  const isClosed = (name: ObjectName): boolean => {
    const key = fullName(name);
    const before = known.get(key);
    if (before !== undefined) return before;
    const closed = asked(policy, key, name).every(
      (pairs) =>
        considerAgain(policy, { ...asker, pairs, columns: none, pending: 'facts' }).decision.effect ===
        'deny',
    );
    known.set(key, closed);
    if (closed) refused.push(tablePair('read', 'catalog', name));
    return closed;
  };
  return {
    catalog: {
      table: async (name, signal) => (isClosed(name) ? undefined : catalog.table(name, signal)),
      routine: async (name, signal) => (isClosed(name) ? undefined : catalog.routine(name, signal)),
    },
    refused: () => (refused.length === 0 ? undefined : { pairs: refused, columns: [] }),
  };
}

const none: DecisionRequest['columns'] = [];
const mostTables = 10_000;
const askedOf = new WeakMap<CompiledPolicy, BoundedMap<string, readonly DecisionRequest['pairs'][]>>();

/** What may be done with a table; the same objects each time, so that what was decided of them is found again. */
function asked(policy: CompiledPolicy, key: string, name: ObjectName): readonly DecisionRequest['pairs'][] {
  let known = askedOf.get(policy);
  if (known === undefined) askedOf.set(policy, (known = boundedMap(mostTables)));
  let pairs = known.get(key);
  if (pairs === undefined)
    known.set(key, (pairs = operations.map((operation) => [tablePair(operation, 'catalog', name)])));
  return pairs;
}
