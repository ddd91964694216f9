import { createSecretKey, randomBytes } from 'node:crypto';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import { queryRequest, type QueryRequest } from '../../call/query-request.ts';
import type { Result } from '../../call/result.ts';
import type { Analysis } from '../../sql/analyse.ts';
import { concealsKey, decisionKey, type ColumnMask } from '../policy/decision.ts';
import { followedJobKey } from '../policy/follow-up.ts';
import type { JobRecord } from '../policy/job-registry.ts';
import { analysisKey, tablesKey } from '../policy/subject.ts';
import { visibleTablesKey } from '../policy/visible-tables.ts';
import { checkSchema, type AnalysedColumn } from './check-schema.ts';
import { concealJob } from './conceal-job.ts';
import type { MakeMask } from './fitting-mask.ts';
import { hidingKeys } from './keys/hide-keys.ts';
import type { MaskKeys } from './keys/mask-keys.ts';
import { maskAnswer } from './mask-answer.ts';
import { maskedCall } from './masked-call.ts';
import { maskTableData } from './mask-table-data.ts';
import { outputCopies } from './output-copies.ts';
import { positionsKey, restorePositions } from './restore-positions.ts';
import { maskOf } from './masks/index.ts';
import { selectedCopies } from './selected-copies.ts';
import { unmaskable } from './unmaskable.ts';

export interface MaskingOptions {
  /** Keys by the names that masks give them, prepared by `createSecretKey`. */
  readonly keys?: MaskKeys;
  /** The dataset that masks read keys from in BigQuery; what names it in answers about jobs is not shown. */
  readonly keyDataset?: string | undefined;
}

/**
 * Hides columns: in queries at the table reference, so that the rest of the query sees only the mask; in rows
 * that are read without a query by column. Answers of jobs show the caller's own SQL again.
 */
export function masking({ keys = new Map(), keyDataset }: MaskingOptions = {}): Middleware {
  const random = createSecretKey(randomBytes(32));
  const makerFor =
    (query: string): MakeMask =>
    (choice) =>
      maskOf(choice, { keys, random, query });
  return {
    name: 'masking',
    async handle(call, context, send) {
      const next = call.operation.startsWith('jobs.') ? hidingKeys(keyDataset, send) : send;
      const decision = context.get(decisionKey);
      const masks = decision === undefined || decision.effect === 'deny' ? [] : decision.masks;
      const query = queryRequest(call);
      if (query !== undefined)
        return maskQuery(call, query, { masks, make: makerFor(call.id) }, context, next);
      if (masks.length > 0) return maskRead(call, { masks, make: makerFor(call.id) }, context, next);
      return followUp(call, context, next, makerFor);
    },
  };
}

interface Masks {
  readonly masks: readonly ColumnMask[];
  readonly make: MakeMask;
}

async function maskQuery(
  call: Call,
  query: QueryRequest,
  { masks, make }: Masks,
  context: Context,
  next: Next,
): Promise<Result> {
  const analysis = context.get(analysisKey);
  if (analysis === undefined) {
    if (masks.length === 0) return next(call);
    throw unmaskable(call, 'the query was not analysed');
  }
  const tables = context.get(tablesKey);
  const visible = context.get(visibleTablesKey);
  const { call: sent, positions } = await maskedCall(call, { analysis, masks, tables, visible });
  context.set(positionsKey, positions);
  try {
    const answer = await next(sent);
    checkSchema(call, answer, columnsOf(analysis));
    const result = maskAnswer(call, answer, outputCopies(analysis.facts, tables, masks), make);
    const isMasked = positions !== undefined || masks.length > 0 || context.get(concealsKey);
    return isMasked ? concealJob(result, { sql: query.sql, masked: true, positions }) : result;
  } catch (error) {
    throw positions === undefined ? error : restorePositions(error, positions);
  }
}

const columnsOf = ({ facts }: Analysis): readonly AnalysedColumn[] | undefined =>
  facts.statements.length === 1 ? facts.outputs : undefined;

/** Rows without a query: `tabledata.list` is masked by column, everything else would hand them out unmasked. */
async function maskRead(call: Call, masks: Masks, context: Context, next: Next): Promise<Result> {
  const [table] = context.get(tablesKey);
  if (call.operation === 'tabledata.list' && table !== undefined)
    return maskTableData(call, table, masks, next);
  throw unmaskable(call, `${call.operation} would hand out masked columns as they are`);
}

async function followUp(
  call: Call,
  context: Context,
  next: Next,
  makerFor: (query: string) => MakeMask,
): Promise<Result> {
  const job = context.get(followedJobKey);
  if (job === undefined) return next(call);
  try {
    return conceal(call, job, await next(call), makerFor);
  } catch (error) {
    throw job.positions === undefined ? error : restorePositions(error, job.positions);
  }
}

function conceal(call: Call, job: JobRecord, answer: Result, makerFor: (query: string) => MakeMask): Result {
  if (call.operation === 'jobs.getQueryResults') checkSchema(call, answer, job.outputs);
  const copies = call.operation === 'tabledata.list' ? selectedCopies(call, job) : job.copies;
  const result = maskAnswer(call, answer, copies, makerFor(job.callId));
  return job.sql === undefined ? result : concealJob(result, { ...job, sql: job.sql });
}
