import type { AuditEvent } from '../event.ts';
import { EventsRefused, type AuditSink, type RecordedEvent, type RefusedEvent } from './sink.ts';

export function recordedEvent(line: string): RecordedEvent {
  // The line was made by seal from an AuditEntry.
  const event: AuditEvent = JSON.parse(line);
  return { event, line };
}

/** Sends one lot; where the other side refuses it as a whole, smaller ones, until it is known which events it was. */
export async function sendLot(
  sink: AuditSink,
  events: readonly RecordedEvent[],
  signal: AbortSignal,
): Promise<readonly RefusedEvent[]> {
  const [only, ...others] = events;
  if (only === undefined) return [];
  try {
    return known(await sink.send(events, signal), events);
  } catch (error) {
    if (!(error instanceof EventsRefused)) throw error;
    if (others.length === 0) return [{ id: only.event.id, reason: error.message }];
    const half = Math.ceil(events.length / 2);
    return [
      ...(await sendLot(sink, events.slice(0, half), signal)),
      ...(await sendLot(sink, events.slice(half), signal)),
    ];
  }
}

/** A sink that refuses what it was not given has mixed something up: what it took is not known. */
function known(refused: readonly RefusedEvent[], events: readonly RecordedEvent[]): readonly RefusedEvent[] {
  const ids = new Set(events.map(({ event }) => event.id));
  if (refused.every(({ id }) => ids.has(id))) return refused;
  throw new Error('The sink refused an event that was not sent to it.');
}
