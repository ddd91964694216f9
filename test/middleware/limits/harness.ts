import { compose } from '../../../src/call/compose.ts';
import { createContext } from '../../../src/call/context.ts';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { queryRequest } from '../../../src/call/query-request.ts';
import { isGuardError } from '../../../src/errors.ts';
import { audit, memoryStore, recorded, sendsRecorded } from '../../../src/middleware/audit/index.ts';
import { limits, type LimitsOptions } from '../../../src/middleware/limits/index.ts';
import { analysisKey } from '../../../src/middleware/policy/subject.ts';
import { analyse } from '../../../src/sql/index.ts';
import { fixedClock, type FixedClock } from '../../../src/testing/index.ts';
import { layer } from '../../call/harness.ts';
import { shop } from '../../sql/shop.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Context } from '../../../src/call/context.ts';
import type { Json, JsonObject } from '../../../src/call/json.ts';
import type { MemoryStore } from '../../../src/middleware/audit/index.ts';

export const mebibyte: number = 1024 * 1024;

/** A BigQuery that answers as it is told. */
export interface Upstream {
  /** `statistics` of a dry run. */
  dryRun: (call: Call) => Promise<JsonObject>;
  /** The body of everything else, the guard's own look-ups of jobs included. */
  answer: (call: Call) => Promise<Json>;
}

/** Statistics of a dry run over tables of the shop. */
export function size(
  bytes: number | string,
  tables: readonly string[] = ['orders'],
  datasetId = 'shop',
): JsonObject {
  const referencedTables = tables.map((tableId) => ({ projectId: 'p', datasetId, tableId }));
  const statistics = { statementType: 'SELECT', totalBytesProcessedAccuracy: 'PRECISE', referencedTables };
  return { totalBytesProcessed: String(bytes), query: statistics };
}

/** The answer of jobs.query to a query that has ended. */
export function billed(bytes: unknown): Json {
  const jobReference = { projectId: 'p', jobId: 'j', location: 'EU' };
  return JSON.parse(JSON.stringify({ jobComplete: true, jobReference, totalBytesBilled: bytes, rows: [] }));
}

export interface Bench {
  readonly upstream: Upstream;
  readonly clock: FixedClock;
  readonly record: MemoryStore;
  /** Everything that reached BigQuery, dry runs and look-ups included. */
  readonly sent: Call[];
  readonly run: (
    call: Call,
    who?: Partial<Pick<Context, 'principal' | 'agent' | 'session' | 'signal'>>,
  ) => Promise<unknown>;
}

/** `limits` beneath an audit, over a BigQuery that answers as it is told. */
export function bench(options: Partial<LimitsOptions>): Bench {
  const clock = fixedClock('2026-03-01T12:00:00Z');
  const record = memoryStore();
  const sent: Call[] = [];
  const upstream: Upstream = { dryRun: async () => size(1), answer: async () => billed('10485760') };
  const send = async (call: Call) => {
    sent.push(call);
    const statistics = isDryRun(call) ? await upstream.dryRun(call) : undefined;
    const body =
      statistics === undefined ? await upstream.answer(call) : { status: { state: 'DONE' }, statistics };
    return { status: 200, body, headers: {} };
  };
  const analysing = layer('analysing', async (call, context, next) => {
    const sql = queryRequest(call)?.sql;
    if (sql !== undefined) context.set(analysisKey, await analyse(sql, { catalog: shop, project: 'p' }));
    return next(call);
  });
  const layers = [audit({ store: record }), analysing, limits({ limits: [], ...options })];
  const handler = compose(layers, recorded(send, 'statement'));
  const own = recorded(send, 'own');
  const run: Bench['run'] = async (call, who = {}) => {
    const context = createContext({
      principal: { id: 'agent-a', groups: ['agents'], delegation: [], verified: false },
      signal: new AbortController().signal,
      ...who,
      now: clock.now,
      upstream: (each) => own(each, context),
    });
    context.set(sendsRecorded, true);
    const { body } = await handler(call, context);
    return body;
  };
  return { upstream, clock, record, sent, run };
}

export function isDryRun(call: Call): boolean {
  return queryRequest(call)?.dryRun === true;
}

export function query(sql = 'SELECT id FROM shop.orders', settings: JsonObject = {}): Call {
  const body = { query: sql, useLegacySql: false, ...settings };
  return fromHttpRequest({ method: 'POST', url: '/projects/p/queries', body });
}

export function insert(sql = 'SELECT id FROM shop.orders', jobId = 'j'): Call {
  const configuration = { query: { query: sql, useLegacySql: false } };
  const jobReference = { projectId: 'p', jobId, location: 'EU' };
  return fromHttpRequest({ method: 'POST', url: '/projects/p/jobs', body: { configuration, jobReference } });
}

export function get(path: string): Call {
  return fromHttpRequest({ method: 'GET', url: `/projects/p/${path}` });
}

/** The code and the rule of a refusal; the error itself when it is another one. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return isGuardError(error) ? [error.guardCode, error.reasons[0]?.rule] : error;
  }
  return 'not refused';
}

/** What was sent as `maximumBytesBilled` with a statement. */
export function maximumOf(call: Call): string {
  const maximum = queryRequest(call)?.settings['maximumBytesBilled'];
  return typeof maximum === 'string' ? maximum : 'none';
}

/** The same of all statements. */
export function maxima(sent: readonly Call[]): readonly string[] {
  return sent.filter((call) => queryRequest(call) !== undefined && !isDryRun(call)).map(maximumOf);
}
