import type { Call } from '../../call/call.ts';
import { abortReason } from '../../call/guard-rails.ts';
import { prepareKey } from '../../call/prepare.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { Send, UpstreamAs } from '../../call/upstream-account.ts';
import type { Context } from '../../call/context.ts';
import type { Result } from '../../call/result.ts';
import { digestOf } from './canonical.ts';
import { durabilityKey } from './durability.ts';
import type { QueryStarted } from './events/query-started.ts';
import { fullText } from './recorded-text.ts';
import { isFollowUp } from './intent.ts';
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
    announce(record, call, purpose, account);
    const durable = orAborted(ready(record, call, context.get(durabilityKey)), context.signal);
    durable.catch(() => undefined);
    await untilWriting();
    context.get(prepareKey)?.(call, account);
    await durable;
    if (purpose === 'statement') record.sent = true;
    return send(call, context, account);
  };
}

/** Microtasks come first, and it takes only them to hand the record to the disk. */
function untilWriting(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

async function ready(record: CallRecord, call: Call, durability: 'before' | 'overlapped'): Promise<void> {
  const flushing = record.flush();
  const mayOverlap = durability === 'overlapped' && ['read', 'metadata', 'job'].includes(call.class);
  if (!mayOverlap) return flushing;
  // The audit middleware waits for it before the caller gets anything.
  flushing.catch(() => undefined);
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
