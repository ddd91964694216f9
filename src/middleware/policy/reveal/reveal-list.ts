import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import type { AccessObject } from '../access.ts';
import { loadDatasetLabels } from '../load-traits.ts';
import type { TraitsSource } from '../traits.ts';
import { described, labelsIn, type Noun, type Reveal, type Revealing } from './described.ts';

/**
 * Keeps of a page what the principal may know. Sizes and etags of the whole list go, since they tell of the rest; the token of
 * the next page stays, so that a page may be empty and not the last.
 */
export async function revealList(
  body: JsonObject,
  noun: Noun,
  revealing: Revealing,
  revealItem: Reveal,
): Promise<JsonObject> {
  const { [noun]: listed, totalItems: _total, etag: _etag, ...page } = body;
  const traits = await traitsBeneath(noun, revealing);
  const known = await Promise.all(
    (Array.isArray(listed) ? listed : []).map(async (item: Json): Promise<readonly JsonObject[]> => {
      const object = described(item, noun, revealing.call.project);
      if (object === undefined || !isJsonObject(item)) return [];
      const itemTraits = { ...traits, ...traitsOfItem(item, object) };
      if (!(await revealing.permission.mayKnow(object, itemTraits))) return [];
      return [await revealItem(item, revealing)];
    }),
  );
  const items = known.flat();
  return items.length === 0 ? page : { ...page, [noun]: items };
}

/** Labels of the dataset that is listed, where rules ask for labels. */
async function traitsBeneath(
  noun: Noun,
  { policy, call, context, sources }: Revealing,
): Promise<TraitsSource> {
  const { datasetId: dataset } = call.ids;
  if (noun === 'datasets' || dataset === undefined || policy.tags.byLabel.length === 0) return {};
  const object = { kind: 'dataset', project: call.project, dataset } as const;
  const pair = { operation: 'metadata', method: call.operation, object } as const;
  return { datasetLabels: await loadDatasetLabels([pair], sources.native(context)) };
}

/** Labels stand in the list itself. */
function traitsOfItem(item: JsonObject, object: AccessObject): TraitsSource {
  const labels = labelsIn(item);
  if (object.kind === 'dataset')
    return { datasetLabels: new Map([[`${object.project}.${object.dataset}`, labels]]) };
  if (object.kind !== 'table') return {};
  const { project, dataset, table: name } = object;
  return {
    tables: [{ name: { project, dataset, name }, kind: 'TABLE', columns: [], pseudoColumns: [], labels }],
  };
}
