import { anything, labels, list, one, shape } from '../fields.ts';
import { hparamTuningTrial, iterationResult } from './evaluation.ts';
import { biEngineReason, performanceInsights } from './performance-insights.ts';
import { queryParameter } from './query-parameter.ts';
import {
  datasetReference,
  jobReference,
  propertyGraphReference,
  routineReference,
  rowAccessPolicyReference,
  tableReference,
} from './reference.ts';
import { tableSchema } from './table-schema.ts';
import type { Shape } from '../fields.ts';

const jobStatistics5: Shape = shape('copiedLogicalBytes copiedRows remoteDestinationRegion');

const dataMaskingStatistics: Shape = shape('dataMaskingApplied');

const queryTimelineSample: Shape = shape(`
  activeUnits completedUnits elapsedMs estimatedRunnableUnits pendingUnits shuffleRamUsageRatio
  totalSlotMs
`);

const jobStatistics4: Shape = shape('destinationUriFileCounts[] inputBytes', {
  timeline: list(queryTimelineSample),
});

const jobStatistics3: Shape = shape('badRecords inputFileBytes inputFiles outputBytes outputRows', {
  timeline: list(queryTimelineSample),
});

const biEngineStatistics: Shape = shape('accelerationMode biEngineMode', {
  biEngineReasons: list(biEngineReason),
});

export const dmlStatistics: Shape = shape(`
  deletedRowCount dmlMode fineGrainedDmlUnusedReason insertedRowCount updatedRowCount
`);

const exportDataStatistics: Shape = shape('fileCount rowCount');

const externalServiceCost: Shape = shape(`
  billingMethod bytesBilled bytesProcessed externalService reservedSlotCount slotMs
`);

const genAiErrorStats: Shape = shape('errors[]');

const genAiFunctionCacheStats: Shape = shape('numCacheHitRows');

const genAiFunctionCostOptimizationStats: Shape = shape('message numCostOptimizedRows');

const genAiFunctionErrorStats: Shape = shape('errors[] numFailedRows');

const genAiFunctionStats: Shape = shape('functionName numProcessedRows prompt', {
  cacheStats: one(genAiFunctionCacheStats),
  costOptimizationStats: one(genAiFunctionCostOptimizationStats),
  errorStats: one(genAiFunctionErrorStats),
});

const genAiStats: Shape = shape('', {
  errorStats: one(genAiErrorStats),
  functionStats: list(genAiFunctionStats),
});

const incrementalResultStats: Shape = shape(`
  disabledReason disabledReasonDetails firstIncrementalRowTime incrementalRowCount
  lastIncrementalRowTime resultSetLastModifyTime resultSetLastReplaceTime
`);

const loadQueryStatistics: Shape = shape(
  'badRecords bytesTransferred inputFileBytes inputFiles outputBytes outputRows',
);

const materializedView: Shape = shape('chosen estimatedBytesSaved rejectedReason', {
  tableReference: one(tableReference),
});

const materializedViewStatistics: Shape = shape('', { materializedView: list(materializedView) });

const pruningStats: Shape = shape(`
  postCmetaPruningParallelInputCount postCmetaPruningPartitionCount
  preCmetaPruningParallelInputCount
`);

const tableMetadataCacheUsage: Shape = shape('explanation staleness tableType unusedReason', {
  pruningStats: one(pruningStats),
  tableReference: one(tableReference),
});

const metadataCacheStatistics: Shape = shape('', { tableMetadataCacheUsage: list(tableMetadataCacheUsage) });

const mlStatistics: Shape = shape('maxIterations modelType trainingType', {
  hparamTrials: list(hparamTuningTrial),
  iterationResults: list(iterationResult),
});

const bigQueryModelTraining: Shape = shape('currentIteration expectedTotalIterations');

const objectStorageStats: Shape = shape('cacheBytesRead cloudProvider objectStorageBytesRead');

const queryInfo: Shape = shape('', { optimizationDetails: anything });

const explainQueryStep: Shape = shape('kind substeps[]');

const explainQueryStage: Shape = shape(
  `
  completedParallelInputs computeMode computeMsAvg computeMsMax computeRatioAvg computeRatioMax
  endMs id inputStages[] name parallelInputs readMsAvg readMsMax readRatioAvg readRatioMax
  recordsRead recordsWritten shuffleOutputBytes shuffleOutputBytesSpilled slotMs startMs status
  waitMsAvg waitMsMax waitRatioAvg waitRatioMax writeMsAvg writeMsMax writeRatioAvg
  writeRatioMax
`,
  { steps: list(explainQueryStep) },
);

const indexPruningStats: Shape = shape(
  'indexId postIndexPruningParallelInputCount preIndexPruningParallelInputCount',
  { baseTable: one(tableReference) },
);

const indexUnusedReason: Shape = shape('code indexName message', { baseTable: one(tableReference) });

const searchStatistics: Shape = shape('indexUsageMode', {
  indexPruningStats: list(indexPruningStats),
  indexUnusedReasons: list(indexUnusedReason),
});

const sparkLoggingInfo: Shape = shape('projectId resourceType');

const sparkStatistics: Shape = shape('gcsStagingBucket kmsKeyName sparkJobId sparkJobLocation', {
  endpoints: labels,
  loggingInfo: one(sparkLoggingInfo),
});

const storedColumnsUnusedReason: Shape = shape('code message uncoveredColumns[]');

const storedColumnsUsage: Shape = shape('isQueryAccelerated', {
  baseTable: one(tableReference),
  storedColumnsUnusedReasons: list(storedColumnsUnusedReason),
});

const vectorSearchStatistics: Shape = shape('indexUsageMode', {
  indexUnusedReasons: list(indexUnusedReason),
  storedColumnsUsages: list(storedColumnsUsage),
});

const jobStatistics2: Shape = shape(
  `
  billingTier cacheHit ddlAffectedRowAccessPolicyCount ddlOperationPerformed
  estimatedBytesProcessed modelTrainingCurrentIteration modelTrainingExpectedTotalIteration
  numDmlAffectedRows statementType totalBytesBilled totalBytesProcessed
  totalBytesProcessedAccuracy totalPartitionsProcessed totalServicesSkuSlotMs totalSlotMs
  transferredBytes
`,
  {
    biEngineStatistics: one(biEngineStatistics),
    dclTargetDataset: one(datasetReference),
    dclTargetTable: one(tableReference),
    dclTargetView: one(tableReference),
    ddlDestinationTable: one(tableReference),
    ddlTargetDataset: one(datasetReference),
    ddlTargetRoutine: one(routineReference),
    ddlTargetRowAccessPolicy: one(rowAccessPolicyReference),
    ddlTargetTable: one(tableReference),
    dmlStats: one(dmlStatistics),
    exportDataStatistics: one(exportDataStatistics),
    externalServiceCosts: list(externalServiceCost),
    genAiStats: one(genAiStats),
    incrementalResultStats: one(incrementalResultStats),
    loadQueryStatistics: one(loadQueryStatistics),
    materializedViewStatistics: one(materializedViewStatistics),
    metadataCacheStatistics: one(metadataCacheStatistics),
    mlStatistics: one(mlStatistics),
    modelTraining: one(bigQueryModelTraining),
    objectStorageStats: list(objectStorageStats),
    performanceInsights: one(performanceInsights),
    queryInfo: one(queryInfo),
    queryPlan: list(explainQueryStage),
    referencedLogicalViews: list(tableReference),
    referencedPropertyGraphs: list(propertyGraphReference),
    referencedRoutines: list(routineReference),
    referencedTables: list(tableReference),
    reservationUsage: list(shape('name slotMs')),
    schema: one(tableSchema),
    searchStatistics: one(searchStatistics),
    sparkStatistics: one(sparkStatistics),
    timeline: list(queryTimelineSample),
    undeclaredQueryParameters: list(queryParameter),
    vectorSearchStatistics: one(vectorSearchStatistics),
  },
);

const rowLevelSecurityStatistics: Shape = shape('rowLevelSecurityApplied');

const scriptStackFrame: Shape = shape('endColumn endLine procedureId startColumn startLine text');

const scriptStatistics: Shape = shape('evaluationKind', { stackFrames: list(scriptStackFrame) });

export const sessionInfo: Shape = shape('sessionId');

const transactionInfo: Shape = shape('transactionId');

export const jobStatistics: Shape = shape(
  `
  completionRatio creationTime edition endTime finalExecutionDurationMs
  globalQueryRemoteRegions[] numChildJobs parentJobId quotaDeferments[] reservationGroupPath[]
  reservation_id startTime totalBytesProcessed totalSlotMs
`,
  {
    copy: one(jobStatistics5),
    dataMaskingStatistics: one(dataMaskingStatistics),
    extract: one(jobStatistics4),
    load: one(jobStatistics3),
    parentGlobalQueryJob: one(jobReference),
    query: one(jobStatistics2),
    reservationUsage: list(shape('name slotMs')),
    rowLevelSecurityStatistics: one(rowLevelSecurityStatistics),
    scriptStatistics: one(scriptStatistics),
    sessionInfo: one(sessionInfo),
    transactionInfo: one(transactionInfo),
  },
);
