import type { TableId, TableRecord } from '../../stand-in/engine/engine.ts';
import type { Job, QueryOutcome } from '../jobs/job.ts';

export function tableName({ projectId, datasetId, tableId }: TableId): string {
  return `${projectId}:${datasetId}.${tableId}`;
}

/** The Table resource of `tables.get` and of every change. */
export function tableResource(record: TableRecord, location: string): object {
  return {
    kind: 'bigquery#table',
    etag: record.etag,
    ...identity(record),
    ...descriptions(record),
    schema: { fields: record.schema },
    ...layoutOf(record),
    ...viewOf(record),
    numBytes: String(record.numBytes),
    numLongTermBytes: '0',
    numTotalLogicalBytes: String(record.numBytes),
    numRows: String(record.numRows),
    creationTime: String(record.creationTime),
    lastModifiedTime: String(record.lastModifiedTime),
    type: record.type,
    location,
  };
}

export function listItem(record: TableRecord): object {
  const { id, tableReference } = identity(record);
  const view = record.viewQuery === undefined ? {} : { view: { useLegacySql: false } };
  return {
    kind: 'bigquery#table',
    id,
    tableReference,
    ...descriptions(record),
    type: record.type,
    ...layoutOf(record),
    ...view,
    creationTime: String(record.creationTime),
  };
}

/** The table in which BigQuery keeps the rows of a query for a day. */
export function anonymousResource(id: TableId, job: Job, outcome: QueryOutcome): object {
  const ended = job.endedAt ?? job.createdAt;
  return {
    kind: 'bigquery#table',
    etag: job.reference.jobId,
    ...identity(id),
    schema: { fields: outcome.schema ?? [] },
    numRows: String(outcome.rows.totalRows),
    numBytes: '0',
    numLongTermBytes: '0',
    creationTime: String(ended),
    lastModifiedTime: String(ended),
    expirationTime: String(ended + 24 * 60 * 60 * 1000),
    type: 'TABLE',
    location: job.reference.location,
  };
}

function identity(id: TableId): { id: string; selfLink: string; tableReference: TableId } {
  const { projectId, datasetId, tableId } = id;
  const path = `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`;
  return {
    id: tableName(id),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/${path}`,
    tableReference: { projectId, datasetId, tableId },
  };
}

function descriptions({ friendlyName, description, labels, expirationTime }: TableRecord): object {
  return {
    ...(friendlyName ? { friendlyName } : {}),
    ...(description ? { description } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(expirationTime ? { expirationTime } : {}),
  };
}

function layoutOf({ timePartitioning, rangePartitioning, clustering }: TableRecord): object {
  return {
    ...(timePartitioning === undefined ? {} : { timePartitioning }),
    ...(rangePartitioning === undefined ? {} : { rangePartitioning }),
    ...(clustering === undefined ? {} : { clustering }),
  };
}

function viewOf({ viewQuery }: TableRecord): object {
  return viewQuery === undefined ? {} : { view: { query: viewQuery, useLegacySql: false } };
}
