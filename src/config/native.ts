import type { Context } from '../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../call/json.ts';
import { fromHttpRequest } from '../call/normalise.ts';
import type { DatasetTraits, NativeSource } from '../middleware/policy/native-source.ts';
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
    return (await context.upstream(call)).body;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 404)
      return undefined;
    throw error;
  }
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
    labels: isJsonObject(labels)
      ? Object.fromEntries(
          Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        )
      : {},
    authorized: (Array.isArray(access) ? access : []).flatMap(authorizedName),
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
