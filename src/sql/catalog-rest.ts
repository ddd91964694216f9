import { boundedMap } from './bounded-map.ts';
import type { Catalog, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';
import { withinTime } from './patience.ts';
import { singleFlight } from './single-flight.ts';
import { unlessAborted } from './unless-aborted.ts';
import { fullName } from './full-name.ts';
import { listedNames, routineOfResource, tableOfResource } from './catalog-resource.ts';

/** An answer of BigQuery's REST API. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Gets a path below `/bigquery/v2/`; with an etag it may answer 304 without a body. */
export type RestGet = (
  path: string,
  options: { readonly etag?: string; readonly signal: AbortSignal },
) => Promise<RestAnswer>;

export interface RestCatalogOptions {
  /** For how long an answer is taken as it is, in milliseconds; then it is asked for again by its etag. */
  readonly maxAge?: number;
  /** How many tables and routines are kept. */
  readonly entries?: number;
  /** How long one request may take, in milliseconds; then it fails. Default: 30,000. */
  readonly timeout?: number;
  readonly now?: () => number;
}

interface Entry<Item> {
  readonly item: Item | undefined;
  readonly etag: string | undefined;
  readonly checked: number;
}

/**
 * A catalog that asks `tables.get` and `routines.get`. Answers are kept by etag, and those who ask for the
 * same thing at the same time share one request. Anything but 200, 304 and 404 is an error: what cannot be
 * read is not known.
 */
export function restCatalog(send: RestGet, options: RestCatalogOptions = {}): Catalog {
  const { timeout = 30_000 } = options;
  const get: Get = (path, { etag }) =>
    withinTime(timeout, (signal) => send(path, etag === undefined ? { signal } : { etag, signal }));
  const tables = cached((name) => tablePath(name), tableOfResource, get, options);
  const routines = cached((name) => routinePath(name), routineOfResource, get, options);
  const latest = latestOfWildcard(get, options);
  return {
    async table(name, signal) {
      if (name.name.startsWith('INFORMATION_SCHEMA')) return undefined;
      if (!name.name.endsWith('*')) return tables.find(name, signal);
      const found = await latest.find(name, signal);
      const table = found === undefined ? undefined : await tables.find(found, signal);
      return table === undefined ? undefined : asWildcard(table, name);
    },
    routine: (name, signal) => routines.find(name, signal),
    forget(name) {
      for (const table of [name, ...latest.forget(name)]) tables.forget(table);
    },
  };
}

type Get = (path: string, options: { readonly etag?: string }) => Promise<RestAnswer>;

function tablePath({ project, dataset, name }: ObjectName): string {
  return `projects/${encode(project)}/datasets/${encode(dataset)}/tables/${encode(name)}`;
}

function routinePath({ project, dataset, name }: ObjectName): string {
  return `projects/${encode(project)}/datasets/${encode(dataset)}/routines/${encode(name)}`;
}

/** A segment of dots alone would be taken out of the path. */
function encode(segment: string): string {
  if (/^\.*$/.test(segment)) throw new TypeError('A name is empty or consists of dots.');
  return encodeURIComponent(segment);
}

const wildcards = new WeakMap<CatalogTable, Map<string, CatalogTable>>();

/** The same object for the same table, so that it is seen to be unchanged. */
function asWildcard(table: CatalogTable, name: ObjectName): CatalogTable {
  let made = wildcards.get(table);
  if (made === undefined) wildcards.set(table, (made = new Map()));
  let wildcard = made.get(name.name);
  if (wildcard === undefined) made.set(name.name, (wildcard = { ...table, name }));
  return wildcard;
}

interface Lookup<Item> {
  find(name: ObjectName, signal?: AbortSignal): Promise<Item | undefined>;
  /** What is kept is not taken as it is any more; gives what was kept and may be out of date too. */
  forget(name: ObjectName): readonly ObjectName[];
}

function cached<Item extends CatalogTable | CatalogRoutine>(
  pathOf: (name: ObjectName) => string,
  read: (body: unknown, name: ObjectName) => Item,
  get: Get,
  { maxAge = 10_000, entries = 10_000, now = Date.now }: RestCatalogOptions,
): Lookup<Item> {
  const kept = boundedMap<string, Entry<Item>>(entries);
  const ask = async (path: string, name: ObjectName): Promise<Entry<Item>> => {
    const before = kept.get(path);
    const { status, body } = await get(path, before?.etag === undefined ? {} : { etag: before.etag });
    const entry = entryOf(status, body, name, before, read, now());
    // What was not there may have been made since, by the caller's own last statement.
    if (entry.item === undefined) kept.delete(path);
    else kept.set(path, entry);
    return entry;
  };
  const fly = singleFlight<Entry<Item>>();
  return {
    async find(name, signal) {
      const path = pathOf(name);
      const entry = kept.get(path);
      if (entry !== undefined && now() - entry.checked < maxAge) return entry.item;
      return (
        await unlessAborted(
          fly(path, () => ask(path, name)),
          signal,
        )
      ).item;
    },
    forget(name) {
      const entry = kept.get(pathOf(name));
      if (entry !== undefined) kept.set(pathOf(name), { ...entry, checked: -Infinity });
      return [];
    },
  };
}

function entryOf<Item extends CatalogTable | CatalogRoutine>(
  status: number,
  body: unknown,
  name: ObjectName,
  before: Entry<Item> | undefined,
  read: (body: unknown, name: ObjectName) => Item,
  checked: number,
): Entry<Item> {
  if (status === 304 && before !== undefined) return { ...before, checked };
  if (status === 404) return { item: undefined, etag: undefined, checked };
  if (status !== 200) throw new Error(`The catalog answered with status ${status}.`);
  const item = read(body, name);
  const same = before?.item?.etag !== undefined && before.item.etag === item.etag;
  return { item: same ? before.item : item, etag: item.etag, checked };
}

const mostPages = 200;

/** BigQuery takes the schema of a wildcard table from the matching table that was made last. */
function latestOfWildcard(
  get: Get,
  { maxAge = 10_000, entries = 10_000, now = Date.now }: RestCatalogOptions,
): Lookup<ObjectName> {
  const kept = boundedMap<string, { readonly name: ObjectName; readonly at: number }>(entries);
  const fly = singleFlight<ObjectName | undefined>();
  const ask = async (wildcard: ObjectName, key: string): Promise<ObjectName | undefined> => {
    const name = await newestTable(get, wildcard);
    if (name === undefined) kept.delete(key);
    else kept.set(key, { name, at: now() });
    return name;
  };
  return {
    async find(wildcard, signal) {
      const key = fullName(wildcard);
      const before = kept.get(key);
      if (before !== undefined && now() - before.at < maxAge) return before.name;
      return unlessAborted(
        fly(key, () => ask(wildcard, key)),
        signal,
      );
    },
    forget(wildcard) {
      const before = kept.get(fullName(wildcard));
      kept.delete(fullName(wildcard));
      return before === undefined ? [] : [before.name];
    },
  };
}

async function newestTable(get: Get, wildcard: ObjectName): Promise<ObjectName | undefined> {
  const prefix = wildcard.name.slice(0, -1);
  const base = `projects/${encode(wildcard.project)}/datasets/${encode(wildcard.dataset)}/tables?maxResults=1000`;
  let newest: { readonly name: string; readonly created: number } | undefined;
  let token = '';
  for (let page = 0; page < mostPages; page += 1) {
    const path = token === '' ? base : `${base}&pageToken=${encodeURIComponent(token)}`;
    const { status, body } = await get(path, {});
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`The catalog answered with status ${status}.`);
    const { tables, next } = listedNames(body);
    for (const table of tables) {
      const matches = table.name.startsWith(prefix) && table.kind === 'TABLE';
      if (matches && (newest === undefined || table.created >= newest.created)) newest = table;
    }
    if (next === undefined) return newest === undefined ? undefined : { ...wildcard, name: newest.name };
    token = next;
  }
  throw new Error('The dataset has too many tables to find those of a wildcard.');
}
