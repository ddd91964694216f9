import { anything, labels, list, mapOf, one, shape } from '../fields.ts';
import { externalDataConfiguration, hivePartitioningOptions, parquetOptions } from './external-data.ts';
import { queryParameter } from './query-parameter.ts';
import {
  clustering,
  connectionProperty,
  datasetReference,
  encryptionConfiguration,
  modelReference,
  rangePartitioning,
  tableReference,
  timePartitioning,
  userDefinedFunctionResource,
} from './reference.ts';
import { standardSqlDataType } from './standard-sql-type.ts';
import { tableSchema } from './table-schema.ts';
import type { Shape } from '../fields.ts';

const jobConfigurationTableCopy: Shape = shape(
  'createDisposition destinationExpirationTime operationType writeDisposition',
  {
    destinationEncryptionConfiguration: one(encryptionConfiguration),
    destinationTable: one(tableReference),
    sourceTable: one(tableReference),
    sourceTables: list(tableReference),
  },
);

const modelExtractOptions: Shape = shape('trialId');

const jobConfigurationExtract: Shape = shape(
  `
  compression destinationFormat destinationUri destinationUris[] fieldDelimiter
  nativeGeographyExportEnabled printHeader useAvroLogicalTypes
`,
  {
    modelExtractOptions: one(modelExtractOptions),
    sourceModel: one(modelReference),
    sourceTable: one(tableReference),
  },
);

const destinationTableProperties: Shape = shape('description expirationTime friendlyName', {
  labels: labels,
});

export const jobConfigurationLoad: Shape = shape(
  `
  allowJaggedRows allowQuotedNewlines autodetect columnNameCharacterMap copyFilesOnly
  createDisposition createSession dateFormat datetimeFormat decimalTargetTypes[] encoding
  fieldDelimiter fileSetSpecType ignoreUnknownValues jsonExtension maxBadRecords nullMarker
  nullMarkers[] preserveAsciiControlCharacters projectionFields[] quote referenceFileSchemaUri
  schemaInline schemaInlineFormat schemaUpdateOptions[] skipLeadingRows sourceColumnMatch
  sourceFormat sourceUris[] timeFormat timeZone timestampFormat timestampTargetPrecision[]
  useAvroLogicalTypes writeDisposition
`,
  {
    clustering: one(clustering),
    connectionProperties: list(connectionProperty),
    destinationEncryptionConfiguration: one(encryptionConfiguration),
    destinationTable: one(tableReference),
    destinationTableProperties: one(destinationTableProperties),
    hivePartitioningOptions: one(hivePartitioningOptions),
    parquetOptions: one(parquetOptions),
    rangePartitioning: one(rangePartitioning),
    schema: one(tableSchema),
    timePartitioning: one(timePartitioning),
  },
);

const scriptOptions: Shape = shape('keyResultStatement statementByteBudget statementTimeoutMs');

const systemVariables: Shape = shape('', { types: mapOf(standardSqlDataType), values: anything });

export const jobConfigurationQuery: Shape = shape(
  `
  allowLargeResults continuous createDisposition createSession flattenResults maximumBillingTier
  maximumBytesBilled parameterMode preserveNulls priority query schemaUpdateOptions[]
  useLegacySql useQueryCache writeDisposition writeIncrementalResults
`,
  {
    clustering: one(clustering),
    connectionProperties: list(connectionProperty),
    defaultDataset: one(datasetReference),
    destinationEncryptionConfiguration: one(encryptionConfiguration),
    destinationTable: one(tableReference),
    queryParameters: list(queryParameter),
    rangePartitioning: one(rangePartitioning),
    scriptOptions: one(scriptOptions),
    systemVariables: one(systemVariables),
    tableDefinitions: mapOf(externalDataConfiguration),
    timePartitioning: one(timePartitioning),
    userDefinedFunctionResources: list(userDefinedFunctionResource),
  },
);

export const jobConfiguration: Shape = shape('dryRun jobTimeoutMs jobType maxSlots reservation', {
  copy: one(jobConfigurationTableCopy),
  extract: one(jobConfigurationExtract),
  labels: labels,
  load: one(jobConfigurationLoad),
  query: one(jobConfigurationQuery),
});
