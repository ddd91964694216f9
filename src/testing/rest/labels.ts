import type { JsonObject } from '../../call/json.ts';
import { objectAt, textAt } from './fields.ts';

export type Labels = Readonly<Record<string, string>>;

/** Labels after a patch: new ones are added, a `null` takes one away. */
export function patchLabels(current: Labels, body: JsonObject): Labels {
  const patch = objectAt(body, 'labels');
  if (patch === undefined) return 'labels' in body ? {} : current;
  const merged = { ...current, ...patch };
  const labels = Object.keys(merged).map((name) => [name, textAt(merged, name)] as const);
  return Object.fromEntries(
    labels.filter((label): label is readonly [string, string] => label[1] !== undefined),
  );
}

export function readLabels(body: JsonObject): Labels {
  return patchLabels({}, body);
}
