import type { JsonObject } from '../../../call/json.ts';
import type { EngineResult, TableId } from '../../stand-in/engine/engine.ts';
import type { CopyOutcome, Job, LoadOutcome, QueryOutcome } from './job.ts';

/** `statistics` of a job: times, and what its kind counts. Numbers are text, as 64-bit fields are in JSON. */
export function jobStatistics(job: Job): object {
  const { outcome } = job;
  return {
    creationTime: String(job.createdAt),
    startTime: String(job.createdAt),
    ...(job.endedAt === undefined ? {} : { endTime: String(job.endedAt) }),
    ...(job.parentJobId === undefined ? {} : { parentJobId: job.parentJobId }),
    ...(job.childCount === 0 ? {} : { numChildJobs: String(job.childCount) }),
    ...(outcome === undefined || outcome.kind === 'failed' ? {} : statisticsOf(outcome, job)),
  };
}

function statisticsOf(outcome: QueryOutcome | LoadOutcome | CopyOutcome, job: Job): object {
  if (outcome.kind === 'query') return queryJobStatistics(outcome, slotMs(job));
  if (outcome.kind === 'load') return { load: loadStatistics(outcome) };
  return { copy: copyStatistics(outcome) };
}

function queryJobStatistics(outcome: QueryOutcome, totalSlotMs: string): object {
  return {
    totalBytesProcessed: String(outcome.result.totalBytesProcessed),
    totalSlotMs,
    query: { ...queryStatistics(outcome), totalSlotMs },
  };
}

/** `statistics.query`, also what a dry run answers. */
export function queryStatistics(outcome: QueryOutcome): object {
  const { result } = outcome;
  return {
    statementType: result.statementType,
    totalBytesProcessed: String(result.totalBytesProcessed),
    totalBytesBilled: String(outcome.bytesBilled),
    billingTier: 1,
    cacheHit: false,
    ...(outcome.schema === undefined ? {} : { schema: { fields: outcome.schema } }),
    ...(result.referencedTables.length === 0 ? {} : { referencedTables: result.referencedTables }),
    ...dmlFields(result),
    ...ddlFields(result),
  };
}

/** `numDmlAffectedRows` and `dmlStats` of a DML statement, else nothing. */
export function dmlFields(result: Pick<EngineResult, 'dml'>): JsonObject {
  if (result.dml === undefined) return {};
  const { insertedRowCount, updatedRowCount, deletedRowCount } = result.dml;
  return {
    numDmlAffectedRows: String(insertedRowCount + updatedRowCount + deletedRowCount),
    dmlStats: {
      insertedRowCount: String(insertedRowCount),
      updatedRowCount: String(updatedRowCount),
      deletedRowCount: String(deletedRowCount),
    },
  };
}

function ddlFields(result: Pick<EngineResult, 'ddlOperation' | 'ddlTarget'>): object {
  return {
    ...(result.ddlOperation === undefined ? {} : { ddlOperationPerformed: result.ddlOperation }),
    ...(result.ddlTarget === undefined ? {} : ddlTarget(result.ddlTarget)),
  };
}

/** A statement about a dataset has a target without a table. */
function ddlTarget(target: TableId): object {
  const { projectId, datasetId, tableId } = target;
  return tableId === '' ? { ddlTargetDataset: { projectId, datasetId } } : { ddlTargetTable: target };
}

function loadStatistics(outcome: LoadOutcome): object {
  return {
    inputFiles: '1',
    inputFileBytes: String(outcome.inputBytes),
    outputRows: String(outcome.outputRows),
    outputBytes: String(outcome.inputBytes),
    badRecords: String(outcome.badRecords),
  };
}

function copyStatistics({ copiedRows, copiedBytes }: CopyOutcome): object {
  return { copiedRows: String(copiedRows), copiedLogicalBytes: String(copiedBytes) };
}

function slotMs(job: Job): string {
  return String(Math.max(1, (job.endedAt ?? job.createdAt) - job.createdAt));
}
