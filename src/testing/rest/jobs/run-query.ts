import type { EngineResult, QueryRequest, TableId } from '../../stand-in/engine/engine.ts';
import { rowsOf } from '../page.ts';
import type { Service } from '../service.ts';
import { bytesBilled, refuseAboveLimit } from './bytes-billed.ts';
import { anonymousTable, Job, type JobReference, type QueryOutcome } from './job.ts';
import type { QueryConfiguration } from './query-configuration.ts';

/** Runs the statement of a query job: the limit first, then the engine. */
export async function runQuery(
  service: Service,
  job: Job,
  { request, maximumBytesBilled, layout }: QueryConfiguration,
): Promise<QueryOutcome> {
  const canned = cannedOutcome(service, request, job.reference);
  if (canned !== undefined) return canned;
  await refuseCostly(service, request, maximumBytesBilled);
  const result = await service.engine.query({ ...request, signal: job.signal });
  if (request.destination !== undefined && Object.keys(layout).length > 0) {
    await service.engine.patchTable(request.destination, layout);
  }
  addChildren(service, job, result);
  return outcomeOf(result, destinationOf(request, result, job.reference));
}

/** What the statement would do, without a job that could be asked for. */
export async function dryRun(service: Service, { request }: QueryConfiguration): Promise<QueryOutcome> {
  const reference = { projectId: request.project, jobId: 'dry-run', location: service.location };
  const canned = cannedOutcome(service, request, reference);
  if (canned !== undefined) return canned;
  const result = await service.engine.query({ ...request, dryRun: true });
  return { ...outcomeOf(result, undefined), bytesBilled: 0 };
}

async function refuseCostly(
  service: Service,
  request: QueryConfiguration['request'],
  limit: number | undefined,
): Promise<void> {
  if (limit === undefined) return;
  refuseAboveLimit(bytesBilled(await service.engine.query({ ...request, dryRun: true })), limit);
}

/** A statement without rows (DML, DDL) has neither schema nor result table. */
function destinationOf(
  request: QueryRequest,
  result: EngineResult,
  reference: JobReference,
): TableId | undefined {
  if (result.schema === undefined) return undefined;
  return request.destination ?? anonymousTable(reference);
}

function outcomeOf(result: EngineResult, destination: TableId | undefined): QueryOutcome {
  const { rows, children: _, ...facts } = result;
  return {
    kind: 'query',
    result: facts,
    schema: result.schema,
    rows: rowsOf(rows),
    bytesBilled: bytesBilled(result),
    destination,
  };
}

/** Each statement of a script is a job of its own, finished when the script is. */
function addChildren(service: Service, parent: Job, { children = [] }: EngineResult): void {
  for (const [index, child] of children.entries()) {
    const reference = { ...parent.reference, jobId: `script_job_${parent.reference.jobId}_${index}` };
    const destination = child.schema === undefined ? undefined : anonymousTable(reference);
    const outcome = outcomeOf(child, destination);
    service.jobs.add(
      new Job({
        reference,
        configuration: parent.configuration,
        now: () => service.now(),
        parentJobId: parent.reference.jobId,
        run: () => Promise.resolve(outcome),
      }),
    );
  }
  parent.childCount = children.length;
}

function cannedOutcome(
  service: Service,
  request: QueryRequest,
  reference: JobReference,
): QueryOutcome | undefined {
  const canned = service.canned.get(request.sql);
  if (canned === undefined) return undefined;
  const rows = { totalRows: canned.totalRows, heldRows: 0, slice: canned.rows.bind(canned) };
  const result = { statementType: 'SELECT', totalBytesProcessed: 0, referencedTables: [] };
  const destination = anonymousTable(reference);
  return { kind: 'query', result, schema: canned.schema, rows, bytesBilled: 0, destination };
}
