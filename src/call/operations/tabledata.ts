import { operation } from '../operation.ts';
import {
  tableDataInsertAllRequest,
  tableDataInsertAllResponse,
  tableDataList,
} from '../resources/table-data.ts';
import type { Operation } from '../operation.ts';

const table = '/projects/{projectId}/datasets/{datasetId}/tables/{tableId}';

export const tabledata: readonly Operation[] = [
  operation('tabledata.list', `GET ${table}/data`, 'read', {
    query: `
      formatOptions.timestampOutputFormat formatOptions.useInt64Timestamp maxResults pageToken selectedFields
      startIndex skipParsing`,
    response: tableDataList,
  }),
  operation('tabledata.insertAll', `POST ${table}/insertAll`, 'write', {
    request: tableDataInsertAllRequest,
    response: tableDataInsertAllResponse,
  }),
];
