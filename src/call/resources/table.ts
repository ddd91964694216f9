import { labels, list, one, shape } from '../fields.ts';
import { externalDataConfiguration } from './external-data.ts';
import {
  clustering,
  encryptionConfiguration,
  errorProto,
  rangePartitioning,
  tableReference,
  timePartitioning,
  userDefinedFunctionResource,
} from './reference.ts';
import { tableSchema } from './table-schema.ts';
import type { Shape } from '../fields.ts';

const bigLakeConfiguration: Shape = shape('connectionId fileFormat storageUri tableFormat');

const cloneDefinition: Shape = shape('cloneTime', { baseTableReference: one(tableReference) });

const serDeInfo: Shape = shape('name serializationLibrary', { parameters: labels });

const storageDescriptor: Shape = shape('inputFormat locationUri outputFormat', { serdeInfo: one(serDeInfo) });

const externalCatalogTableOptions: Shape = shape('connectionId', {
  parameters: labels,
  storageDescriptor: one(storageDescriptor),
});

const materializedViewDefinition: Shape = shape(`
  allowNonIncrementalDefinition enableRefresh lastRefreshTime maxStaleness query
  refreshIntervalMs
`);

const materializedViewStatus: Shape = shape('refreshWatermark', { lastRefreshStatus: one(errorProto) });

const bqmlIterationResult: Shape = shape('durationMs evalLoss index learnRate trainingLoss');

const bqmlTrainingRun: Shape = shape('startTime state', {
  iterationResults: list(bqmlIterationResult),
  trainingOptions: one(
    shape(`
  earlyStop l1Reg l2Reg learnRate learnRateStrategy lineSearchInitLearnRate maxIteration
  minRelProgress warmStart
`),
  ),
});

const modelDefinition: Shape = shape('', {
  modelOptions: one(shape('labels[] lossType modelType')),
  trainingRuns: list(bqmlTrainingRun),
});

const partitionedColumn: Shape = shape('field');

const partitioningDefinition: Shape = shape('', { partitionedColumn: list(partitionedColumn) });

export const restrictionConfig: Shape = shape('type');

const snapshotDefinition: Shape = shape('snapshotTime', { baseTableReference: one(tableReference) });

const streamingbuffer: Shape = shape('estimatedBytes estimatedRows oldestEntryTime');

const tableConstraints: Shape = shape('', {
  foreignKeys: list(
    shape('name', {
      columnReferences: list(shape('referencedColumn referencingColumn')),
      referencedTable: one(shape('datasetId projectId tableId')),
    }),
  ),
  primaryKey: one(shape('columns[]')),
});

const tableReplicationInfo: Shape = shape(
  'replicatedSourceLastRefreshTime replicationIntervalMs replicationStatus',
  { replicationError: one(errorProto), sourceTable: one(tableReference) },
);

const foreignViewDefinition: Shape = shape('dialect query');

const aggregationThresholdPolicy: Shape = shape('privacyUnitColumns[] threshold');

const differentialPrivacyPolicy: Shape = shape(`
  deltaBudget deltaBudgetRemaining deltaPerQuery epsilonBudget epsilonBudgetRemaining
  maxEpsilonPerQuery maxGroupsContributed privacyUnitColumn
`);

const joinRestrictionPolicy: Shape = shape('joinAllowedColumns[] joinCondition');

const privacyPolicy: Shape = shape('', {
  aggregationThresholdPolicy: one(aggregationThresholdPolicy),
  differentialPrivacyPolicy: one(differentialPrivacyPolicy),
  joinRestrictionPolicy: one(joinRestrictionPolicy),
});

const viewDefinition: Shape = shape('query useExplicitColumnNames useLegacySql', {
  foreignDefinitions: list(foreignViewDefinition),
  privacyPolicy: one(privacyPolicy),
  userDefinedFunctionResources: list(userDefinedFunctionResource),
});

export const table: Shape = shape(
  `
  creationTime defaultCollation defaultRoundingMode description etag expirationTime friendlyName
  id kind lastModifiedTime location managedTableType maxStaleness numActiveLogicalBytes
  numActivePhysicalBytes numBytes numCurrentPhysicalBytes numLongTermBytes
  numLongTermLogicalBytes numLongTermPhysicalBytes numPartitions numPhysicalBytes numRows
  numTimeTravelPhysicalBytes numTotalLogicalBytes numTotalPhysicalBytes requirePartitionFilter
  selfLink type
`,
  {
    biglakeConfiguration: one(bigLakeConfiguration),
    cloneDefinition: one(cloneDefinition),
    clustering: one(clustering),
    encryptionConfiguration: one(encryptionConfiguration),
    externalCatalogTableOptions: one(externalCatalogTableOptions),
    externalDataConfiguration: one(externalDataConfiguration),
    labels: labels,
    materializedView: one(materializedViewDefinition),
    materializedViewStatus: one(materializedViewStatus),
    model: one(modelDefinition),
    partitionDefinition: one(partitioningDefinition),
    rangePartitioning: one(rangePartitioning),
    replicas: list(tableReference),
    resourceTags: labels,
    restrictions: one(restrictionConfig),
    schema: one(tableSchema),
    snapshotDefinition: one(snapshotDefinition),
    streamingBuffer: one(streamingbuffer),
    tableConstraints: one(tableConstraints),
    tableReference: one(tableReference),
    tableReplicationInfo: one(tableReplicationInfo),
    timePartitioning: one(timePartitioning),
    view: one(viewDefinition),
  },
);

export const tableList: Shape = shape('etag kind nextPageToken totalItems', {
  tables: list(
    shape('creationTime expirationTime friendlyName id kind requirePartitionFilter type', {
      clustering: one(clustering),
      labels: labels,
      rangePartitioning: one(rangePartitioning),
      tableReference: one(tableReference),
      timePartitioning: one(timePartitioning),
      view: one(shape('useLegacySql', { privacyPolicy: one(privacyPolicy) })),
    }),
  ),
});
