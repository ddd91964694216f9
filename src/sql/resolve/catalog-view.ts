import type { Catalog, CatalogRoutine, CatalogTable, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import { parse } from '../parse/index.ts';
import type { Parsed } from '../parse/index.ts';
import { boundedMap } from '../bounded-map.ts';
import type { BoundedMap } from '../bounded-map.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Known, Lookup } from './known.ts';

type Item = CatalogTable | CatalogRoutine;

/** One thing that was asked of the catalog, and what it said. */
export interface Used {
  readonly kind: 'table' | 'routine';
  readonly name: ObjectName;
  readonly item: Item | undefined;
}

/** What is remembered of a catalog between analyses; checked again before it is relied on. */
export interface CatalogMemory {
  readonly names: Map<string, ObjectName>;
  readonly items: BoundedMap<string, Used>;
  readonly parses: BoundedMap<string, Parsed>;
}

export function newCatalogMemory(): CatalogMemory {
  return { names: new Map(), items: boundedMap(20_000), parses: boundedMap(100) };
}

/** A catalog seen at once; `settle` asks for what a walk used, and says whether it has to be done again. */
export interface CatalogView extends Known {
  settle(signal: AbortSignal | undefined): Promise<boolean>;
  used(): readonly Used[];
}

export function openCatalog(catalog: Catalog, memory: CatalogMemory): CatalogView {
  const checked = new Map<string, Used | 'failed'>();
  const assumed = new Map<string, Used | undefined>();

  function look<Kind extends Item>(
    kind: Used['kind'],
    name: ObjectName,
    is: (item: Item) => item is Kind,
  ): Lookup<Kind> {
    const key = `${kind} ${fullName(name)}`;
    const known = checked.get(key) ?? memory.items.get(key);
    if (known === 'failed') return { state: 'failed' };
    if (!checked.has(key)) assumed.set(key, known ?? undefined);
    if (known === undefined) {
      wanted.set(key, { kind, name, item: undefined });
      return { state: 'pending' };
    }
    if (!checked.has(key)) wanted.set(key, known);
    if (known.item === undefined) return { state: 'absent' };
    return is(known.item) ? { state: 'known', item: known.item } : { state: 'failed' };
  }

  const wanted = new Map<string, Used>();

  return {
    table: (name) => look('table', name, isTable),
    routine: (name) => look('routine', name, isRoutine),
    name(project, dataset, name) {
      const key = fullName({ project, dataset, name });
      let found = memory.names.get(key);
      if (found === undefined) {
        if (memory.names.size > 50_000) memory.names.clear();
        memory.names.set(key, (found = { project, dataset, name }));
      }
      return found;
    },
    parse(text) {
      let parsed = memory.parses.get(text);
      if (parsed === undefined) memory.parses.set(text, (parsed = parse(text)));
      return parsed;
    },
    async settle(signal) {
      const asked = [...wanted];
      wanted.clear();
      const answers = await Promise.all(
        asked.map(async ([key, { kind, name }]) => [key, await ask(catalog, kind, name, signal)] as const),
      );
      signal?.throwIfAborted();
      let changed = false;
      for (const [key, answer] of answers) {
        const before = assumed.get(key);
        const same = before !== undefined && answer !== 'failed' && sameItem(before.item, answer.item);
        const kept = same ? before : answer;
        checked.set(key, kept);
        if (kept !== 'failed') memory.items.set(key, kept);
        if (!same) changed = true;
      }
      return changed;
    },
    used: () => [...checked.values()].filter((each) => each !== 'failed'),
  };
}

/** The catalog's answer; what it cannot tell, or tells in another form, is a failure and becomes a gap. */
async function ask(
  catalog: Catalog,
  kind: Used['kind'],
  name: ObjectName,
  signal: AbortSignal | undefined,
): Promise<Used | 'failed'> {
  try {
    const answer = kind === 'table' ? catalog.table(name, signal) : catalog.routine(name, signal);
    const item = await unlessAborted<Item | undefined>(answer, signal);
    if (item === undefined) return { kind, name, item };
    const sound = kind === 'table' ? isTable(item) : isRoutine(item);
    return sound ? { kind, name, item } : 'failed';
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return 'failed';
  }
}

function isTable(item: Item): item is CatalogTable {
  return (
    'columns' in item &&
    Array.isArray(item.columns) &&
    item.columns.every((column) => isColumn(column)) &&
    Array.isArray(item.pseudoColumns)
  );
}

function isColumn(column: unknown): boolean {
  if (typeof column !== 'object' || column === null) return false;
  return (
    'name' in column && typeof column.name === 'string' && 'type' in column && typeof column.type === 'string'
  );
}

function isRoutine(item: Item): item is CatalogRoutine {
  return 'language' in item && typeof item.language === 'string' && Array.isArray(item.parameters);
}

function sameItem(before: Item | undefined, now: Item | undefined): boolean {
  if (before === now) return true;
  return before?.etag !== undefined && before.etag === now?.etag;
}

/** Whether everything that an analysis used is still as it was. */
export async function isFresh(
  catalog: Catalog,
  used: readonly Used[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const { kind, name, item } of used) {
    const answer = await ask(catalog, kind, name, signal);
    if (answer === 'failed' || !sameItem(item, answer.item)) return false;
  }
  return true;
}
