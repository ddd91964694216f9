import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { Result } from '../../call/result.ts';
import { outputCopies } from '../masking/output-copies.ts';
import { positionsKey } from '../masking/restore-positions.ts';
import { tableKey, type JobRecord, type JobRegistry } from './job-registry.ts';
import type { DetectorRule } from '../detection/detector-rule.ts';
import type { Judgement } from './judge.ts';
import { tableName } from './request-access.ts';

interface Judged extends Pick<Judgement, 'decision' | 'subject' | 'visible'> {
  readonly conceals: boolean;
  readonly detectors: readonly DetectorRule[];
}

/** The record of the job that an answer tells of, so that its polls and pages are known. */
export function jobOf(call: Call, context: Context, judged: Judged, { body }: Result): JobRecord | undefined {
  const { decision, subject, visible = [], conceals, detectors } = judged;
  if (call.operation !== 'jobs.query' && call.operation !== 'jobs.insert') return undefined;
  const reference = isJsonObject(body) ? body['jobReference'] : undefined;
  if (!isJsonObject(reference) || typeof reference['jobId'] !== 'string') return undefined;
  const masks = decision.effect === 'deny' ? [] : decision.masks;
  return {
    project: call.project,
    jobId: reference['jobId'],
    location: typeof reference['location'] === 'string' ? reference['location'] : undefined,
    principalId: context.principal.id,
    masked: conceals || masks.length + visible.length > 0,
    sql: queryRequest(call)?.sql,
    positions: context.get(positionsKey),
    outputs: subject.analysis?.facts.outputs,
    callId: call.id,
    detectors,
    copies: subject.analysis === undefined ? [] : outputCopies(subject.analysis.facts, subject.tables, masks),
  };
}

/** jobs.get tells in which anonymous table a result lies; tabledata.list reads it from there. */
export function registerResultTable(jobs: JobRegistry, job: JobRecord, { body }: Result): void {
  const table = tableName(destinationIn(body), job.project);
  // Only the hidden datasets of anonymous results: a named destination is a table like any other.
  if (table?.dataset.startsWith('_') !== true) return;
  jobs.addResultTable(tableKey(table.project, table.dataset, table.name), job);
}

function destinationIn(body: Json): Json | undefined {
  let value: Json | undefined = body;
  for (const name of ['configuration', 'query', 'destinationTable']) {
    const holder: JsonObject | undefined = isJsonObject(value) ? value : undefined;
    value = holder?.[name];
  }
  return value;
}
