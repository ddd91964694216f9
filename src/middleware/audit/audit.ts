import { createSecretKey, randomBytes } from 'node:crypto';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import type { Agent, Principal } from '../../call/principal.ts';
import type { Result } from '../../call/result.ts';
import { queryRequest } from '../../call/query-request.ts';
import { durabilityKey, type Durability } from './durability.ts';
import { nobody, type EventSubject, type NewEvent } from './event.ts';
import { failureOf } from './failure.ts';
import { intentOf, type IntentForm } from './intent.ts';
import { jobOf, outcomeOf, resultOf } from './outcome.ts';
import { auditRecord, CallRecord, sendsRecorded } from './record.ts';
import { Recovery } from './recovery/recovery.ts';
import type { Detail } from './recorded-text.ts';
import { KnownSessions } from './sessions.ts';
import type { AuditStore } from './store.ts';

export interface AuditOptions {
  readonly store: AuditStore;
  /** How much of prompts is recorded; `hash`. */
  readonly prompts?: Detail;
  /** How much of the values of query parameters is recorded; `hash`, which is keyed. */
  readonly parameters?: Detail;
  /** The key of parameter hashes. Without one they can be compared only within this process. */
  readonly parameterKey?: string;
  /** Whether the rows that the caller gets are digested; `none`. */
  readonly results?: 'none' | 'digest';
  /** Whether reads may be on their way while their record is written; `before` means no. */
  readonly durability?: Durability;
  /** How much of a text is kept, in bytes; its hash covers all of it. 1 MiB. */
  readonly textLimit?: number;
  readonly now?: () => Date;
}

export interface AuditMiddleware extends Middleware {
  /** Records what belongs to no call in progress, e.g. `policy.changed`. Resolves when it is durable. */
  record(event: NewEvent, subject?: Partial<EventSubject>): Promise<void>;
  close(): Promise<void>;
}

/**
 * The outermost layer: what was asked is on record before anything is sent, and how it ended before the
 * caller hears of it. A record that cannot be written refuses the call.
 *
 * ```ts
 * createGuard({ middleware: [audit({ store: fileAudit({ folder: 'audit' }) }), policy(…)] });
 * ```
 */
export function audit(options: AuditOptions): AuditMiddleware {
  const recovery = new Recovery(options.store);
  const passage: Passage = { ...options, form: formOf(options), sessions: new KnownSessions(), recovery };
  const now = options.now ?? (() => new Date());
  return {
    name: 'audit',
    handle: (call, context, next) => handle(passage, call, context, next),
    record: (event, subject) =>
      options.store.append([{ ...nobody, ...subject, ...event, time: now().toISOString() }]),
    close: () => options.store.close(),
  };
}

interface Passage extends AuditOptions {
  readonly form: IntentForm;
  readonly sessions: KnownSessions;
  readonly recovery: Recovery;
}

function formOf({
  prompts = 'hash',
  parameters = 'hash',
  parameterKey,
  textLimit = 1024 * 1024,
}: AuditOptions): IntentForm {
  const key = createSecretKey(parameterKey === undefined ? randomBytes(32) : Buffer.from(parameterKey));
  return { prompts, parameters: { detail: parameters, key }, textLimit };
}

async function handle(passage: Passage, call: Call, context: Context, next: Next): Promise<Result> {
  const record = await begin(passage, call, context);
  const started = context.now().getTime();
  const durationMs = (): number => Math.max(0, context.now().getTime() - started);
  let result: Result;
  try {
    await passage.recovery.run(context);
    result = await next(call);
  } catch (error) {
    const { operation } = call;
    const failure = failureOf(error, context.signal);
    const { detected } = record.note;
    const found = detected === undefined ? {} : { detected };
    record.add({
      type: 'call.failed',
      data: { operation, ...failure, durationMs: durationMs(), sent: record.sent, ...found },
    });
    await end(passage, record, context);
    throw error;
  }
  finish(passage, record, call, result, durationMs());
  await end(passage, record, context);
  return result;
}

async function end({ sessions }: Passage, record: CallRecord, context: Context): Promise<void> {
  record.ended = true;
  try {
    await record.flush();
  } catch (error) {
    sessions.forget(context.session);
    throw error;
  }
}

async function begin(passage: Passage, call: Call, context: Context): Promise<CallRecord> {
  const { form, store, sessions, durability = 'before' } = passage;
  const intent = intentOf(call, context, form);
  const record = new CallRecord(store, () => context.now(), subjectOf(call, context));
  record.textLimit = form.textLimit;
  if (intent.sql !== undefined) record.asked = { sql: queryRequest(call)?.sql ?? '', recorded: intent.sql };
  for (const event of sessions.news(context.session, form)) record.add(event);
  record.add({ type: 'call.started', data: intent });
  context.set(auditRecord, record);
  context.set(durabilityKey, durability);
  if (!context.get(sendsRecorded)) await record.flush();
  return record;
}

function subjectOf(call: Call, { principal, agent, session }: Context): EventSubject {
  return {
    principal: recordedPrincipal(principal),
    agent: agent === undefined ? null : recordedAgent(agent),
    session: session?.id ?? null,
    call: call.id,
    job: jobOf(call) ?? null,
  };
}

/** Only what is listed: whoever made the principal may have left a token on it. */
function recordedPrincipal({ id, groups, delegation, verified }: Principal): Principal {
  const lists = { groups: Object.freeze([...groups]), delegation: Object.freeze([...delegation]) };
  return Object.freeze({ id, ...lists, verified });
}

function recordedAgent({ name, version, model, toolCallId }: Agent): Agent {
  return Object.freeze({
    name,
    ...(version === undefined ? {} : { version }),
    ...(model === undefined ? {} : { model }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  });
}

function finish(
  { results }: Passage,
  record: CallRecord,
  call: Call,
  result: Result,
  durationMs: number,
): void {
  const { job = jobOf(call, result), ...note } = record.note;
  if (job !== undefined) record.job = job;
  const recorded = results === 'digest' ? resultOf(result) : undefined;
  if (recorded !== undefined) record.add({ type: 'result.recorded', data: recorded });
  const digest = recorded === undefined ? {} : { resultDigest: recorded.digest };
  const outcome = { ...outcomeOf(call, result), ...note, ...digest };
  record.add({ type: 'call.finished', data: { ...outcome, durationMs, sent: record.sent } });
}
