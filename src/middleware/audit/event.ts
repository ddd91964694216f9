import type { Agent, Principal } from '../../call/principal.ts';
import type { EventData, EventType } from './events/catalogue.ts';

/** An event as a middleware tells it: `{ type: 'decision.made', data: { … } }`. */
export type NewEvent = {
  readonly [Type in EventType]: { readonly type: Type; readonly data: EventData[Type] };
}[EventType];

/** Whom and what an event is about; null where nobody or nothing is. */
export interface EventSubject {
  readonly principal: Principal | null;
  readonly agent: Agent | null;
  readonly session: string | null;
  readonly call: string | null;
  /** As BigQuery's API writes it: `project:location.jobId`. */
  readonly job: string | null;
}

/** An event on its way to the store, which gives it its place in the chain. */
export type AuditEntry = NewEvent & EventSubject & { readonly time: string };

/** An event in its place. `hash` is SHA-256 over the RFC 8785 JSON of everything else in it. */
export type AuditEvent = AuditEntry & {
  /** UUIDv7 */
  readonly id: string;
  readonly sequence: number;
  readonly version: number;
  readonly previousHash: string;
  readonly hash: string;
};

export const nobody: EventSubject = { principal: null, agent: null, session: null, call: null, job: null };
