import type { Context } from '../../../call/context.ts';
import { isGoogleError } from '../../../call/guard-rails.ts';
import { isJsonObject, type JsonObject } from '../../../call/json.ts';
import { newId } from '../../../call/new-id.ts';
import { fromHttpRequest } from '../../../call/normalise.ts';
import type { OpenCall } from './open-calls.ts';

/** The job of a call, by the id that is on record, or by the label that its request bore. `undefined`: there is none. */
export function findJob(open: OpenCall, context: Context): Promise<JsonObject | undefined> {
  const { job } = open.subject;
  return job === null ? byLabel(open, context) : byId(job, open, context);
}

async function byId(job: string, { project }: OpenCall, context: Context): Promise<JsonObject | undefined> {
  const name = job.slice(job.lastIndexOf(':') + 1);
  const dot = name.indexOf('.');
  const id = encodeURIComponent(name.slice(dot + 1));
  const location = dot === -1 ? '' : `?location=${encodeURIComponent(name.slice(0, dot))}`;
  try {
    return await ask(`${base(project)}/jobs/${id}${location}`, context);
  } catch (error) {
    if (isGoogleError(error) && error instanceof Error && 'code' in error && error.code === 404)
      return undefined;
    throw error;
  }
}

/** BigQuery does not search by label, so the jobs of the minutes around the call are looked through. */
async function byLabel({ call, project, time }: OpenCall, context: Context): Promise<JsonObject | undefined> {
  const asked = Date.parse(time);
  const period = `minCreationTime=${asked - before}&maxCreationTime=${asked + after}`;
  let token = '';
  for (let page = 0; page < mostPages; page += 1) {
    const more = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
    const body = await ask(`${base(project)}/jobs?projection=full&${period}${more}`, context);
    const found = jobsIn(body).find((job) => labelOf(job) === call);
    if (found !== undefined) return found;
    const next = body?.['nextPageToken'];
    if (typeof next !== 'string' || next === '') return undefined;
    token = next;
  }
  throw new Error('The list of jobs is too long.');
}

const before = 60_000;
/** Somebody may have to approve in between, and hosts have clocks of their own. */
const after = 24 * 3_600_000;
const mostPages = 100;

const base = (project: string): string => `/bigquery/v2/projects/${encodeURIComponent(project)}`;

async function ask(url: string, context: Context): Promise<JsonObject | undefined> {
  const { body } = await context.upstream(fromHttpRequest({ method: 'GET', url }, newId()), 'guard');
  return isJsonObject(body) ? body : undefined;
}

function jobsIn(body: JsonObject | undefined): readonly JsonObject[] {
  const jobs = body?.['jobs'];
  return Array.isArray(jobs) ? jobs.filter(isJsonObject) : [];
}

function labelOf({ configuration }: JsonObject): unknown {
  const labels = isJsonObject(configuration) ? configuration['labels'] : undefined;
  return isJsonObject(labels) ? labels['guard_call'] : undefined;
}
