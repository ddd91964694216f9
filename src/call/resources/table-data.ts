import { anything, list, shape } from '../fields.ts';
import { errorProto } from './reference.ts';
import type { Shape } from '../fields.ts';

export const tableDataInsertAllRequest: Shape = shape(
  'ignoreUnknownValues kind skipInvalidRows templateSuffix traceId',
  { rows: list(shape('insertId', { json: anything })) },
);

export const tableDataInsertAllResponse: Shape = shape('kind', {
  insertErrors: list(shape('index', { errors: list(errorProto) })),
});

export const tableDataList: Shape = shape('etag kind pageToken totalRows', { rows: anything });
