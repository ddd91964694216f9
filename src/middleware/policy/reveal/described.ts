import type { Call } from '../../../call/call.ts';
import type { Context } from '../../../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import type { AccessObject } from '../access.ts';
import type { CompiledPolicy } from '../compile.ts';
import type { Asker } from '../gate-catalog.ts';
import type { Sources } from '../judge.ts';
import type { Permission } from '../permission.ts';

/** Who gets an answer that describes something, and how to find out what may be in it. */
export interface Revealing {
  readonly policy: CompiledPolicy;
  readonly call: Call;
  readonly context: Context;
  readonly sources: Sources;
  readonly asker: Asker;
  readonly permission: Permission;
}

/** What the principal may know of a resource. */
export type Reveal = (resource: JsonObject, revealing: Revealing) => Promise<JsonObject>;

/** What answers describe, by the name of the list, with the names of its reference. */
const references = {
  datasets: ['datasetReference', 'datasetId'],
  tables: ['tableReference', 'tableId'],
  models: ['modelReference', 'modelId'],
  routines: ['routineReference', 'routineId'],
} as const;

export type Noun = keyof typeof references;

export function isNoun(text: string): text is Noun {
  return Object.hasOwn(references, text);
}

/** The object that a resource or an item of a list describes. */
export function described(resource: Json, noun: Noun, owner: string): AccessObject | undefined {
  const [field, id] = references[noun];
  const reference = isJsonObject(resource) ? resource[field] : undefined;
  if (!isJsonObject(reference)) return undefined;
  const { projectId: project = owner, datasetId: dataset } = reference;
  const name = reference[id];
  if (typeof project !== 'string' || typeof dataset !== 'string' || typeof name !== 'string')
    return undefined;
  return noun === 'datasets'
    ? { kind: 'dataset', project, dataset }
    : { kind: 'table', project, dataset, table: name };
}

export function only(resource: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => names.includes(name)));
}

export function labelsIn(resource: Json): Readonly<Record<string, string>> {
  const labels = isJsonObject(resource) ? resource['labels'] : undefined;
  if (!isJsonObject(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
