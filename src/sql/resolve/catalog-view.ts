import type { Catalog, CatalogRoutine, CatalogTable, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import type { Parsed } from '../parse/index.ts';
import { boundedMap } from '../bounded-map.ts';
import type { BoundedMap } from '../bounded-map.ts';
import { isTimeout } from '../patience.ts';
import type { Patience } from '../patience.ts';
import { isSoundRoutine, isSoundTable } from '../sound-answer.ts';
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
  settle(asking: Asking): Promise<boolean>;
  used(): readonly Used[];
}

/** How the catalog is asked. */
export interface Asking {
  readonly signal: AbortSignal | undefined;
  readonly patience: Patience;
}

/** Why there is no answer to rely on, as it stands in a gap. */
interface Failure {
  readonly why: string;
}

type Answer = Used | Failure;

export function openCatalog(
  catalog: Catalog,
  memory: CatalogMemory,
  read: (text: string) => Parsed,
): CatalogView {
  const checked = new Map<string, Answer>();
  const assumed = new Map<string, Used | undefined>();

  function look<Kind extends Item>(
    kind: Used['kind'],
    name: ObjectName,
    is: (item: Item) => item is Kind,
  ): Lookup<Kind> {
    const key = `${kind} ${fullName(name)}`;
    const known = checked.get(key) ?? memory.items.get(key);
    if (known !== undefined && 'why' in known) return { state: 'failed', why: known.why };
    if (!checked.has(key)) assumed.set(key, known ?? undefined);
    if (known === undefined) {
      wanted.set(key, { kind, name, item: undefined });
      return { state: 'pending' };
    }
    if (!checked.has(key)) wanted.set(key, known);
    if (known.item === undefined) return { state: 'absent' };
    return is(known.item) ? { state: 'known', item: known.item } : { state: 'failed', why: nonsense.why };
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
      if (parsed === undefined) memory.parses.set(text, (parsed = read(text)));
      return parsed;
    },
    async settle(asking) {
      const asked = [...wanted];
      wanted.clear();
      const answers = await Promise.all(
        asked.map(async ([key, { kind, name }]) => [key, await ask(catalog, kind, name, asking)] as const),
      );
      asking.signal?.throwIfAborted();
      let changed = false;
      for (const [key, answer] of answers) {
        const before = assumed.get(key);
        const same = before !== undefined && 'item' in answer && sameItem(before.item, answer.item);
        const kept = same ? before : answer;
        checked.set(key, kept);
        if ('item' in kept) memory.items.set(key, kept);
        if (!same) changed = true;
      }
      return changed;
    },
    used: () => [...checked.values()].filter((each) => 'item' in each),
  };
}

const late: Failure = { why: 'could not be read from the catalog in time' };
const nonsense: Failure = { why: 'could not be read from the catalog: its answer makes no sense' };
const broken: Failure = { why: 'could not be read from the catalog' };

/** The catalog's answer; what it cannot tell, or tells in another form, is a failure and becomes a gap. */
async function ask(
  catalog: Catalog,
  kind: Used['kind'],
  name: ObjectName,
  { signal, patience }: Asking,
): Promise<Answer> {
  try {
    const item = await patience.wait(itemIn(catalog, { kind, name }, signal));
    if (item === undefined) return { kind, name, item };
    const sound = kind === 'table' ? isSoundTable(item, name) : isSoundRoutine(item, name);
    return sound ? { kind, name, item } : nonsense;
  } catch (error) {
    signal?.throwIfAborted();
    return isTimeout(error) ? late : broken;
  }
}

function isTable(item: Item): item is CatalogTable {
  return 'columns' in item;
}

function isRoutine(item: Item): item is CatalogRoutine {
  return 'language' in item;
}

function sameItem(before: Item | undefined, now: Item | undefined): boolean {
  if (before === now) return true;
  return before?.etag !== undefined && before.etag === now?.etag;
}

/** Whether everything that an analysis used is still as it was. */
export async function isFresh(catalog: Catalog, used: readonly Used[], asking: Asking): Promise<boolean> {
  const { signal, patience } = asking;
  const now = used.map((each) => itemIn(catalog, each, signal));
  try {
    const items = await patience.wait(Promise.all(now));
    return used.every(({ item }, index) => sameItem(item, items[index]));
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** Whatever a catalog throws, it is an answer like any other. */
function itemIn(
  catalog: Catalog,
  { kind, name }: Pick<Used, 'kind' | 'name'>,
  signal: AbortSignal | undefined,
): Promise<Item | undefined> {
  try {
    return kind === 'table' ? catalog.table(name, signal) : catalog.routine(name, signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
