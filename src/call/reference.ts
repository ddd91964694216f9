import { isJsonObject } from './json.ts';
import { isId } from './ids.ts';
import type { Call, CallIds } from './call.ts';
import type { JsonObject } from './json.ts';
import type { IdName, Operation } from './operation.ts';

const idNames: readonly IdName[] = ['projectId', 'datasetId', 'tableId', 'modelId', 'routineId', 'policyId'];

/** The id of what an insert creates, from the reference in its body. */
export function createdIds(operation: Operation, body: JsonObject | undefined): CallIds {
  const id = operation.creates === undefined ? undefined : referenceOf(operation, body)[operation.creates];
  return operation.creates !== undefined && typeof id === 'string' ? { [operation.creates]: id } : {};
}

/** A body that names another object than the path: one of them would be judged and the other one changed. */
export function referenceFlaw(operation: Operation, { ids, body }: Call): string | undefined {
  if (operation.reference === undefined) return undefined;
  const { creates } = operation;
  if (creates !== undefined && creates !== 'jobId' && ids[creates] === undefined) {
    return `${operation.name} needs the ${creates} in ${operation.reference}.`;
  }
  const reference = referenceOf(operation, body);
  for (const name of idNames) {
    const stated = reference[name];
    if (stated === undefined || stated === null || (stated === '' && name === 'projectId')) continue;
    if (stated === ids[name] && (typeof stated !== 'string' || isId(name, stated))) continue;
    return `The ${name} of ${operation.reference} is not valid, or is not the one that the path names.`;
  }
  return undefined;
}

function referenceOf(operation: Operation, body: JsonObject | undefined): JsonObject {
  const reference = operation.reference === undefined ? undefined : body?.[operation.reference];
  return isJsonObject(reference) ? reference : {};
}
