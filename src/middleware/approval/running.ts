import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { fromHttpRequest } from '../../call/normalise.ts';
import type { Result } from '../../call/result.ts';
import type { ApprovalRecord, JobName } from './approval-record.ts';

interface Run {
  readonly record: ApprovalRecord;
  readonly context: Context;
  job: JobName | undefined;
  stoppedBy: string | undefined;
}

/** How many runs are remembered, so that their jobs can be cancelled. */
const capacity = 10_000;

/** What this process runs, or ran a while ago, on approvals: so that a revocation reaches the job at BigQuery. */
export class Running {
  readonly #runs = new Map<string, Run>();
  readonly #rows = new Map<string, number>();

  start(record: ApprovalRecord, call: Call, context: Context): Run {
    const run: Run = { record, context, job: ownJob(call), stoppedBy: undefined };
    this.#runs.delete(record.id);
    this.#runs.set(record.id, run);
    forgetOldest(this.#runs);
    const rows = record.grant?.rows;
    if (rows !== undefined) {
      this.#rows.set(call.id, rows);
      forgetOldest(this.#rows);
    }
    return run;
  }

  /** Takes note of the job; one that was revoked meanwhile is cancelled now. */
  async answered(run: Run, result: Result): Promise<JobName | undefined> {
    run.job = jobIn(result.body) ?? run.job;
    if (run.stoppedBy !== undefined && run.job !== undefined) await cancelJob(run.job, run.context);
    if (isDone(result.body)) this.end(run.record.id);
    return run.job;
  }

  /** False when this process runs nothing of that approval. */
  async stop(id: string, by: string): Promise<boolean> {
    const run = this.#runs.get(id);
    if (run === undefined) return false;
    run.stoppedBy = by;
    if (run.job !== undefined) await cancelJob(run.job, run.context);
    return true;
  }

  /** The most rows that a grant lets the answers of this call hand out. */
  rowsOf(callId: string): number | undefined {
    return this.#rows.get(callId);
  }

  end(id: string): void {
    this.#runs.delete(id);
  }

  /** The approvals on which something of these requesters runs. */
  of(isMeant: (record: ApprovalRecord) => boolean): readonly string[] {
    return [...this.#runs.values()].filter(({ record }) => isMeant(record)).map(({ record }) => record.id);
  }
}

/** The oldest has most probably ended long ago. */
function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.size > capacity ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}

function isDone(body: Result['body']): boolean {
  if (!isJsonObject(body)) return false;
  const { jobComplete, status } = body;
  return jobComplete === true || (isJsonObject(status) && status['state'] === 'DONE');
}

async function cancelJob({ project, jobId, location }: JobName, context: Context): Promise<void> {
  const path = `/bigquery/v2/projects/${encodeURIComponent(project)}/jobs/${encodeURIComponent(jobId)}/cancel`;
  const query = location === undefined ? '' : `?location=${encodeURIComponent(location)}`;
  await context.upstream(fromHttpRequest({ method: 'POST', url: `${path}${query}` }));
}

/** The id that the client chose for its job. */
function ownJob({ operation, project, body }: Call): JobName | undefined {
  return operation === 'jobs.insert' ? jobOf(body?.['jobReference'], project) : undefined;
}

function jobIn(body: Result['body']): JobName | undefined {
  return isJsonObject(body) ? jobOf(body['jobReference'], undefined) : undefined;
}

function jobOf(reference: JsonObject[string], fallback: string | undefined): JobName | undefined {
  if (!isJsonObject(reference)) return undefined;
  const { projectId, jobId, location } = reference;
  const project = typeof projectId === 'string' ? projectId : fallback;
  if (typeof jobId !== 'string' || project === undefined) return undefined;
  return { project, jobId, ...(typeof location === 'string' && { location }) };
}
