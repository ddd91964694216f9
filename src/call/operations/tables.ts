import { operation } from '../operation.ts';
import { table, tableList } from '../resources/table.ts';
import { echoOf } from './echo.ts';
import { iamOperations } from './iam.ts';
import type { Operation } from '../operation.ts';

const list = '/projects/{projectId}/datasets/{datasetId}/tables';
const one = `${list}/{tableId}` as const;

export const tables: readonly Operation[] = [
  operation('tables.list', `GET ${list}`, 'metadata', { query: 'maxResults pageToken', response: tableList }),
  operation('tables.get', `GET ${one}`, 'metadata', {
    query: `selectedFields view ${echoOf(table)}`,
    response: table,
  }),
  operation('tables.insert', `POST ${list}`, 'ddl', {
    request: table,
    response: table,
    reference: 'tableReference',
    creates: 'tableId',
  }),
  operation('tables.patch', `PATCH ${one}`, 'ddl', {
    query: 'autodetect_schema',
    request: table,
    response: table,
    reference: 'tableReference',
  }),
  operation('tables.update', `PUT ${one}`, 'ddl', {
    query: 'autodetect_schema',
    request: table,
    response: table,
    reference: 'tableReference',
  }),
  operation('tables.delete', `DELETE ${one}`, 'ddl'),
  ...iamOperations('tables', one.slice(1)),
];
