import type { AuditEvent } from '../event.ts';

/** An event as it stands in the record. */
export interface RecordedEvent {
  readonly event: AuditEvent;
  /** Its line of canonical JSON, without the line feed: what its hash was made of. */
  readonly line: string;
}

/** An event that the other side will never take, e.g. because it is too large for it. */
export interface RefusedEvent {
  /** The `id` of the event. */
  readonly id: string;
  readonly reason: string;
}

/** Where events go besides the local record: a log service, a table, another machine. */
export interface AuditSink {
  /** Letters, digits, `-` and `_`: what was sent is remembered under this name. */
  readonly name: string;
  /**
   * Resolves when the other side has the events, which come in the order of the record, with those that it will never
   * take. Rejects when they may be offered again, and then with the same ids; rejects with {@link EventsRefused} when
   * the whole lot was refused for good, which is then offered again in smaller lots to find the one.
   */
  send(events: readonly RecordedEvent[], signal: AbortSignal): Promise<readonly RefusedEvent[]>;
  close?(): Promise<void>;
}

/** The other side has read the events and will not have them, however often they are offered. */
export class EventsRefused extends Error {
  override readonly name = 'EventsRefused';
}
