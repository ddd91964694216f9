import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../call/json.ts';
import { newId } from '../../call/new-id.ts';
import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import { isGuardError } from '../../errors.ts';
import { canonicalText } from './canonical.ts';
import { nobody, type AuditEntry, type EventSubject, type NewEvent } from './event.ts';
import type { CallFinished } from './events/call-finished.ts';
import type { RecordedText } from './events/definition.ts';
import type { AuditStore } from './store.ts';

/** What a layer inside knows of the outcome that the answer does not show, e.g. the bytes before rounding. */
export type OutcomeNote = Partial<
  Pick<
    CallFinished,
    'bytesProcessed' | 'bytesBilled' | 'cacheHit' | 'statementType' | 'affectedRows' | 'detected'
  >
> & { readonly job?: string };

/** The record of one call: what is told about it, in order, and what of that is durable. */
export class CallRecord {
  readonly #store: AuditStore;
  readonly #now: () => Date;
  #subject: EventSubject = nobody;
  #queued: AuditEntry[] = [];
  #flushing: Promise<void> = Promise.resolve();
  readonly #requests: { readonly body: JsonObject | undefined; readonly id: string }[] = [];
  /** The text that the caller asked to run, if any, as the intent has it. */
  asked: { readonly sql: string; readonly recorded: RecordedText } | undefined;
  /** How much of a text is kept, in bytes. */
  textLimit: number = 1024 * 1024;
  /** True from the moment that the call itself may have reached BigQuery. */
  sent: boolean = false;
  /** True once the outcome is told: what comes later has nothing left to wait for. */
  ended: boolean = false;
  note: OutcomeNote = {};

  constructor(store: AuditStore, now: () => Date, subject: EventSubject) {
    this.#store = store;
    this.#now = now;
    this.#subject = subject;
  }

  /** From here on events name this job. */
  set job(job: string) {
    this.#subject = { ...this.#subject, job };
  }

  /**
   * The id under which a request is sent: that of the call. BigQuery would answer another request under the same id with
   * the answer to the first, so only the very same one has it again.
   */
  requestId({ id, body }: Call): string {
    const known = this.#requests.find((request) => request.body === body);
    if (known !== undefined) return known.id;
    const own = this.#requests.length === 0 ? id : newId();
    this.#requests.push({ body, id: own });
    return own;
  }

  add(event: NewEvent): void {
    const { principal, agent, session, call, job } = this.#subject;
    this.#queued.push({ ...event, principal, agent, session, call, job, time: timeText(this.#now()) });
  }

  /** Resolves when everything told so far is durable. What could not be written stays queued. */
  flush(): Promise<void> {
    const flushing = this.#flushing.then(
      () => this.#write(),
      () => this.#write(),
    );
    this.#flushing = flushing;
    return flushing;
  }

  async #write(): Promise<void> {
    if (this.#queued.length === 0) return;
    const entries = this.#queued;
    this.#queued = [];
    try {
      await this.#store.append(entries);
    } catch (error) {
      // What JSON cannot hold will never be written; the rest, and that the call failed, will.
      const kept =
        isGuardError(error) && error.guardCode === 'ERR_MIDDLEWARE' ? entries.filter(isJson) : entries;
      this.#queued = [...kept, ...this.#queued];
      throw error;
    }
  }
}

let last = { time: Number.NaN, text: '' };

/** Most events of a call fall into one millisecond, and writing a time costs as much as writing a small event. */
function timeText(date: Date): string {
  const time = date.getTime();
  if (time !== last.time) last = { time, text: date.toISOString() };
  return last.text;
}

function isJson(entry: AuditEntry): boolean {
  try {
    canonicalText(entry);
    return true;
  } catch {
    return false;
  }
}

/** Where the audit middleware leaves the call's record for the layers inside it. */
export const auditRecord: ContextKey<CallRecord | undefined> = contextKey('audit record', undefined);

/** True when the terminal and `context.upstream` are wrapped by `recorded`, which waits before it sends. */
export const sendsRecorded: ContextKey<boolean> = contextKey<boolean>('audit sends recorded', false);

/**
 * Adds an event to the record of the call. It is durable before anything further is sent and before the
 * caller gets an answer, so this need not wait for the disk. Without an audit middleware nothing happens.
 */
export async function record(context: Context, event: NewEvent): Promise<void> {
  const current = context.get(auditRecord);
  current?.add(event);
  if (current?.ended === true || !context.get(sendsRecorded)) await current?.flush();
}

/** Waits until everything recorded for the call so far is durable, e.g. before people are asked. */
export async function flushRecord(context: Context): Promise<void> {
  await context.get(auditRecord)?.flush();
}

/** Adds to the `call.finished` event what the answer does not show. */
export function noteOutcome(context: Context, note: OutcomeNote): void {
  const current = context.get(auditRecord);
  if (current !== undefined) current.note = { ...current.note, ...note };
}
