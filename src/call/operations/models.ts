import { operation } from '../operation.ts';
import { listModelsResponse, model } from '../resources/model.ts';
import type { Operation } from '../operation.ts';

const list = '/projects/{projectId}/datasets/{datasetId}/models';
const one = `${list}/{modelId}` as const;

export const models: readonly Operation[] = [
  operation('models.list', `GET ${list}`, 'metadata', {
    query: 'maxResults pageToken',
    response: listModelsResponse,
  }),
  operation('models.get', `GET ${one}`, 'metadata', { response: model }),
  operation('models.patch', `PATCH ${one}`, 'ddl', {
    request: model,
    response: model,
    reference: 'modelReference',
  }),
  operation('models.delete', `DELETE ${one}`, 'ddl'),
];
