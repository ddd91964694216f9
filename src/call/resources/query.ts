import { anything, labels, list, one, shape } from '../fields.ts';
import { jobCreationReason } from './job.ts';
import { dmlStatistics, sessionInfo } from './job-statistics.ts';
import { queryParameter } from './query-parameter.ts';
import {
  connectionProperty,
  datasetReference,
  encryptionConfiguration,
  errorProto,
  jobReference,
} from './reference.ts';
import { tableSchema } from './table-schema.ts';
import type { Shape } from '../fields.ts';

const dataFormatOptions: Shape = shape('timestampOutputFormat useInt64Timestamp');

export const queryRequest: Shape = shape(
  `
  continuous createSession dryRun jobCreationMode jobTimeoutMs kind location maxResults maxSlots
  maximumBytesBilled parameterMode preserveNulls query requestId reservation timeoutMs
  useLegacySql useQueryCache writeIncrementalResults
`,
  {
    connectionProperties: list(connectionProperty),
    defaultDataset: one(datasetReference),
    destinationEncryptionConfiguration: one(encryptionConfiguration),
    formatOptions: one(dataFormatOptions),
    labels: labels,
    queryParameters: list(queryParameter),
  },
);

export const queryResponse: Shape = shape(
  `
  cacheHit creationTime endTime jobComplete kind location numDmlAffectedRows pageRowCount
  pageToken queryId startTime statementType totalBytesBilled totalBytesProcessed totalRows
  totalSlotMs
`,
  {
    dmlStats: one(dmlStatistics),
    errors: list(errorProto),
    jobCreationReason: one(jobCreationReason),
    jobReference: one(jobReference),
    rows: anything,
    schema: one(tableSchema),
    sessionInfo: one(sessionInfo),
  },
);

export const getQueryResultsResponse: Shape = shape(
  `
  cacheHit etag jobComplete kind numDmlAffectedRows pageToken totalBytesProcessed totalRows
`,
  { errors: list(errorProto), jobReference: one(jobReference), rows: anything, schema: one(tableSchema) },
);
