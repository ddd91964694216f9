import type { Call } from '../../call/call.ts';
import { abortReason } from '../../call/guard-rails.ts';
import { prepareKey } from '../../call/prepare.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { Send, UpstreamAs } from '../../call/upstream-account.ts';
import type { Context } from '../../call/context.ts';
import type { Result } from '../../call/result.ts';
import { asJob, asQueryAnswer, effectKey, needsJob, resultsOf } from './as-job.ts';
import { digestOf } from './canonical.ts';
import { durabilityKey } from './durability.ts';
import type { QueryStarted } from './events/query-started.ts';
import { identified } from './identify.ts';
import { isFollowUp } from './intent.ts';
import { jobAsked, jobOf } from './outcome.ts';
import { fullText } from './recorded-text.ts';
import { auditRecord, type CallRecord } from './record.ts';

/**
 * Wraps what sends requests, so that nothing is sent before the record of it is durable. Give `compose` the
 * transport wrapped as `statement`, and `context.upstream` the transport wrapped as `own`; set
 * `sendsRecorded` in the context to say so. It goes under the account of the context, unless it is the guard who asks.
 */
export function recorded(
  send: Send,
  purpose: QueryStarted['purpose'],
): (call: Call, context: Context, as?: UpstreamAs) => Promise<Result> {
  return async (call, context, as = 'caller') => {
    const record = context.get(auditRecord);
    const account = as === 'guard' ? undefined : context.account;
    if (record === undefined) return send(call, context, account);
    if (purpose === 'own') return once(call);
    const id = record.requestId(call);
    if (!needsJob(call, context)) return once(identified(call, context, id));
    // Under an id of our own, so that what became of it can be asked after a crash.
    const inserted = await once(identified(asJob(call), context, id));
    const results = resultsOf(call, inserted);
    return results === undefined ? inserted : asQueryAnswer(await once(results));

    async function once(sent: Call): Promise<Result> {
      if (record === undefined) return send(sent, context, account);
      announce(record, sent, purpose, account);
      const durable = orAborted(ready(record, sent, context), context.signal);
      durable.catch(() => undefined);
      await untilWriting();
      context.get(prepareKey)?.(sent, account);
      await durable;
      if (purpose === 'statement') record.sent = true;
      return send(sent, context, account);
    }
  };
}

/** Microtasks come first, and it takes only them to hand the record to the disk. */
function untilWriting(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

async function ready(record: CallRecord, call: Call, context: Context): Promise<void> {
  const flushing = record.flush();
  if (context.get(durabilityKey) !== 'overlapped' || !onlyReads(call, context)) return flushing;
  // The audit middleware waits for it before the caller gets anything.
  flushing.catch(() => undefined);
}

/** A query counts as a read where its statements were analysed and are nothing else. */
function onlyReads(call: Call, context: Context): boolean {
  if (call.operation === 'jobs.query' || call.operation === 'jobs.insert') {
    return context.get(effectKey) === 'reads';
  }
  return ['metadata', 'read', 'job'].includes(call.class);
}

/** Whoever gives up need not wait for a disk that hangs; nothing was sent. */
async function orAborted(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(abortReason(signal));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([waiting, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    waiting.catch(() => undefined);
  }
}

function announce(
  record: CallRecord,
  call: Call,
  purpose: QueryStarted['purpose'],
  account: string | undefined,
): void {
  if (purpose === 'statement' && isFollowUp(call)) return;
  const data = {
    ...about(call),
    purpose,
    ...(account !== undefined && { account }),
    ...statement(record, call),
  };
  const job = jobOf(call) ?? jobAsked(call);
  if (purpose === 'statement' && job !== undefined) record.job = job;
  record.add({ type: 'query.started', data });
}

function about(call: Call): Pick<QueryStarted, 'operation' | 'project' | 'requestHash' | 'requestId'> {
  const { operation, method, path, project, ids, query, body } = call;
  const requestHash = digestOf({ operation, method, path, project, ids, query, body });
  const requestId = body?.['requestId'];
  return { operation, project, requestHash, ...(typeof requestId === 'string' ? { requestId } : {}) };
}

function statement(record: CallRecord, call: Call): Partial<QueryStarted> {
  const request = queryRequest(call);
  if (request === undefined) return {};
  const same = record.asked?.sql === request.sql ? record.asked.recorded : undefined;
  return {
    sql:
      same === undefined ? fullText(request.sql, record.textLimit) : { hash: same.hash, bytes: same.bytes },
    rewritten: same === undefined,
    ...(request.dryRun ? { dryRun: true } : {}),
  };
}
