import { randomUUID } from 'node:crypto';
import type { TableId } from '../../stand-in/engine/engine.ts';
import { alreadyExists, invalid, notFound } from '../rest-error.ts';
import type { Job, JobReference, QueryOutcome } from './job.ts';
import { anonymousTable } from './job.ts';

/** Older jobs are forgotten, so that a long test run does not keep every result it ever had. */
const keptJobs = 10_000;
const keptRows = 2_000_000;

/** All jobs, and the requests and anonymous tables that lead to them. */
export class JobStore {
  readonly #jobs = new Map<string, Job>();
  #heldRows = 0;
  readonly #byRequest = new Map<string, Job>();
  readonly #requestOf = new Map<Job, string>();
  readonly #byTable = new Map<string, Job>();

  /** A reference nobody has used yet; a job id that the caller chose must be new. */
  reserve(projectId: string, jobId: string | undefined, location: string): JobReference {
    const reference = { projectId, jobId: jobId ?? `job_${randomUUID()}`, location };
    if (!/^[\w-]{1,1024}$/.test(reference.jobId)) throw invalid(`Invalid job ID "${reference.jobId}".`);
    if (this.#jobs.has(keyOf(reference))) throw alreadyExists(`Job ${nameOf(reference)}`);
    return reference;
  }

  add(job: Job, requestId?: string): void {
    this.#jobs.set(keyOf(job.reference), job);
    this.#byTable.set(tableKey(anonymousTable(job.reference)), job);
    if (requestId !== undefined) this.#remember(job, requestKey(job.reference.projectId, requestId));
    if (this.#jobs.size > keptJobs) this.#forgetOldest();
    void job.finished.then(() => this.#hold(job));
  }

  byRequest(projectId: string, requestId: string | undefined): Job | undefined {
    return requestId === undefined ? undefined : this.#byRequest.get(requestKey(projectId, requestId));
  }

  get(projectId: string, jobId: string, location: string | undefined): Job {
    const job = this.#jobs.get(keyOf({ projectId, jobId }));
    const here = job?.reference.location;
    if (job === undefined || (location && location.toLowerCase() !== here?.toLowerCase())) {
      throw notFound(`Job ${nameOf({ projectId, jobId, location: location || undefined })}`);
    }
    return job;
  }

  delete(job: Job): void {
    if (this.#jobs.delete(keyOf(job.reference))) this.#heldRows -= heldRows(job);
    this.#byTable.delete(tableKey(anonymousTable(job.reference)));
    this.#byRequest.delete(this.#requestOf.get(job) ?? '');
    this.#requestOf.delete(job);
  }

  /** Newest first, as `jobs.list` answers. */
  list(projectId: string): readonly Job[] {
    return [...this.#jobs.values()].filter((job) => job.reference.projectId === projectId).toReversed();
  }

  /** The query whose rows are that anonymous table. */
  ofAnonymousTable(id: TableId): { job: Job; outcome: QueryOutcome } | undefined {
    const job = this.#byTable.get(tableKey(id));
    const outcome = job?.outcome;
    if (job === undefined || outcome?.kind !== 'query' || outcome.schema === undefined) return undefined;
    return tableKey(outcome.destination ?? id) === tableKey(id) ? { job, outcome } : undefined;
  }

  #remember(job: Job, request: string): void {
    this.#byRequest.set(request, job);
    this.#requestOf.set(job, request);
  }

  #hold(job: Job): void {
    if (!this.#jobs.has(keyOf(job.reference))) return;
    this.#heldRows += heldRows(job);
    while (this.#heldRows > keptRows && this.#jobs.size > 1) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#jobs.values().next().value;
    if (oldest !== undefined) this.delete(oldest);
  }
}

function heldRows({ outcome }: Job): number {
  return outcome?.kind === 'query' ? outcome.rows.heldRows : 0;
}

/** A job as messages name it: `project:US.job_1`. */
export function nameOf(reference: {
  readonly projectId: string;
  readonly jobId: string;
  readonly location?: string | undefined;
}): string {
  const place = reference.location === undefined ? '' : `${reference.location}.`;
  return `${reference.projectId}:${place}${reference.jobId}`;
}

function keyOf(reference: { readonly projectId: string; readonly jobId: string }): string {
  return `${reference.projectId}:${reference.jobId}`;
}

function requestKey(projectId: string, requestId: string): string {
  return `${projectId}:${requestId}`;
}

function tableKey(id: TableId): string {
  return `${id.projectId}:${id.datasetId}.${id.tableId}`;
}
