import { extended, shape } from '../fields.ts';
import { operation } from '../operation.ts';
import { dataset, datasetList, undeleteDatasetRequest } from '../resources/dataset.ts';
import { echoOf } from './echo.ts';
import type { Operation } from '../operation.ts';

const list = '/projects/{projectId}/datasets';
const one = `${list}/{datasetId}` as const;

/** The official client repeats the project of its options in the body, where BigQuery ignores it. */
const newDataset = extended(dataset, shape('projectId'));

export const datasets: readonly Operation[] = [
  operation('datasets.list', `GET ${list}`, 'metadata', {
    query: 'all filter maxResults pageToken projectId',
    response: datasetList,
  }),
  operation('datasets.get', `GET ${one}`, 'metadata', {
    query: `accessPolicyVersion datasetView ${echoOf(dataset)}`,
    response: dataset,
  }),
  operation('datasets.insert', `POST ${list}`, 'ddl', {
    query: 'accessPolicyVersion',
    request: newDataset,
    response: dataset,
    reference: 'datasetReference',
    creates: 'datasetId',
  }),
  operation('datasets.patch', `PATCH ${one}`, 'ddl', {
    query: 'accessPolicyVersion updateMode',
    request: dataset,
    response: dataset,
    reference: 'datasetReference',
  }),
  operation('datasets.update', `PUT ${one}`, 'ddl', {
    query: 'accessPolicyVersion updateMode',
    request: dataset,
    response: dataset,
    reference: 'datasetReference',
  }),
  operation('datasets.delete', `DELETE ${one}`, 'ddl', { query: 'deleteContents' }),
  operation('datasets.undelete', `POST ${one}:undelete`, 'ddl', {
    request: undeleteDatasetRequest,
    response: dataset,
  }),
];
