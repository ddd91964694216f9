import type { JsonObject } from '../../call/json.ts';
import type { DatasetReference, TableId } from '../stand-in/engine/engine.ts';
import { objectAt, requiredText, textAt } from './fields.ts';

export function datasetAt(source: JsonObject, name: string, project: string): DatasetReference | undefined {
  const reference = objectAt(source, name);
  if (reference === undefined) return undefined;
  return {
    projectId: textAt(reference, 'projectId') ?? project,
    datasetId: requiredText(reference, 'datasetId'),
  };
}

export function tableAt(source: JsonObject, name: string, project: string): TableId | undefined {
  const reference = objectAt(source, name);
  return reference === undefined ? undefined : readTable(reference, project);
}

export function readTable(reference: JsonObject, project: string): TableId {
  return {
    projectId: textAt(reference, 'projectId') ?? project,
    datasetId: requiredText(reference, 'datasetId'),
    tableId: requiredText(reference, 'tableId'),
  };
}
