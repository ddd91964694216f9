import type { Context } from '../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../call/json.ts';
import { fromHttpRequest } from '../call/normalise.ts';
import type { DatasetTraits, NativeSource } from '../middleware/policy/native-source.ts';
import type { CatalogTable } from '../sql/catalog.ts';
import { boundedMap } from '../sql/bounded-map.ts';
import { fullName } from '../sql/full-name.ts';

const maxAge = 10_000;

interface Entry {
  readonly body: Promise<Json | undefined>;
  readonly at: number;
}

/**
 * Asks BigQuery for labels and protection on behalf of the call that needs them. Answers are kept for ten seconds, and
 * those who ask for the same at the same time share one request.
 */
export function nativeOf(): (context: Context) => NativeSource {
  const kept = boundedMap<string, Entry>(10_000);
  const get = (path: string, context: Context): Promise<Json | undefined> => {
    const now = Date.now();
    const entry = kept.get(path);
    if (entry !== undefined && now - entry.at >= 0 && now - entry.at < maxAge) return entry.body;
    const body = ask(path, context);
    kept.set(path, { body, at: now });
    // What failed is asked for again by the next call.
    body.catch(() => kept.get(path)?.body === body && kept.set(path, { body, at: Number.NEGATIVE_INFINITY }));
    return body;
  };
  return (context) => ({
    async dataset(project, dataset) {
      const body = await get(`projects/${encode(project)}/datasets/${encode(dataset)}`, context);
      return body === undefined ? undefined : traitsOf(body);
    },
    async tables(project, dataset) {
      const path = `projects/${encode(project)}/datasets/${encode(dataset)}/tables`;
      return listAll((query) => get(`${path}?${query}`, context), project, dataset);
    },
    async hasRowAccessPolicies({ project, dataset, name }) {
      const table = `projects/${encode(project)}/datasets/${encode(dataset)}/tables/${encode(name)}`;
      return hasPolicies(await get(`${table}/rowAccessPolicies`, context));
    },
  });
}

/** A segment of dots alone would be taken out of the path. */
function encode(segment: string): string {
  if (/^\.*$/.test(segment)) throw new TypeError('A name is empty or consists of dots.');
  return encodeURIComponent(segment);
}

async function ask(path: string, context: Context): Promise<Json | undefined> {
  const call = fromHttpRequest({ method: 'GET', url: `/bigquery/v2/${path}` });
  try {
    return (await context.upstream(call, 'guard')).body;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 404)
      return undefined;
    throw error;
  }
}

const mostPages = 20;

async function listAll(
  get: (query: string) => Promise<Json | undefined>,
  project: string,
  dataset: string,
): Promise<readonly CatalogTable[] | undefined> {
  const found: CatalogTable[] = [];
  let token = '';
  for (let page = 0; page < mostPages; page += 1) {
    const body = await get(`maxResults=1000${token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`}`);
    if (body === undefined) return undefined;
    if (!isJsonObject(body)) throw new TypeError('The list of tables cannot be read.');
    found.push(...listOf(body['tables']).map((item) => listedTable(item, project, dataset)));
    const { nextPageToken } = body;
    if (typeof nextPageToken !== 'string') return found;
    token = nextPageToken;
  }
  throw new TypeError('The dataset has too many tables to list them.');
}

function listedTable(item: Json, project: string, dataset: string): CatalogTable {
  const { tableReference, labels } = isJsonObject(item) ? item : {};
  const name = isJsonObject(tableReference) ? tableReference['tableId'] : undefined;
  if (typeof name !== 'string') throw new TypeError('The list of tables cannot be read.');
  return {
    name: { project, dataset, name },
    kind: 'TABLE',
    columns: [],
    pseudoColumns: [],
    labels: textsOf(labels),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** No policies are told by a list that is empty or absent; a page without entries may have more behind it. */
function hasPolicies(body: Json | undefined): boolean {
  if (body === undefined) return false;
  if (!isJsonObject(body)) throw new TypeError('The list of row access policies cannot be read.');
  const { rowAccessPolicies: list = [], nextPageToken } = body;
  return !Array.isArray(list) || list.length > 0 || nextPageToken !== undefined;
}

function traitsOf(body: Json): DatasetTraits {
  if (!isJsonObject(body)) throw new TypeError('The dataset cannot be read.');
  const { labels, access } = body;
  return {
    labels: textsOf(labels),
    authorized: listOf(access).flatMap(authorizedName),
  };
}

/** An entry for a view, a routine, or everything in a dataset. */
function authorizedName(entry: Json): readonly string[] {
  if (!isJsonObject(entry)) return [];
  const { view, routine, dataset } = entry;
  const whole = isJsonObject(dataset) && isJsonObject(dataset['dataset']) ? dataset['dataset'] : undefined;
  const names = [
    nameOf(view, 'tableId'),
    nameOf(routine, 'routineId'),
    nameOf(whole && { ...whole, tableId: '*' }, 'tableId'),
  ];
  return names.flatMap((name) => name ?? []);
}

function nameOf(reference: Json | undefined, key: 'tableId' | 'routineId'): string | undefined {
  if (!isJsonObject(reference)) return undefined;
  const { projectId, datasetId }: JsonObject = reference;
  const name = reference[key];
  if (typeof projectId !== 'string' || typeof datasetId !== 'string' || typeof name !== 'string')
    return undefined;
  return fullName({ project: projectId, dataset: datasetId, name });
}
