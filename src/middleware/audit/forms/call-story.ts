import type { AuditEvent } from '../event.ts';
import type { EventData, EventType } from '../events/catalogue.ts';

/** Everything that the record says of one call, in order. */
export interface CallStory {
  readonly call: string;
  readonly events: readonly AuditEvent[];
  /** False when the record ends before the call does. */
  readonly ended: boolean;
}

/** Puts together what belongs to one call. A story is given when its call has ended, the unfinished ones at the end. */
export async function* callStories(
  events: AsyncIterable<AuditEvent> | Iterable<AuditEvent>,
): AsyncGenerator<CallStory> {
  const open = new Map<string, AuditEvent[]>();
  for await (const event of events) {
    if (event.call === null) continue;
    const story = open.get(event.call) ?? [];
    open.set(event.call, [...story, event]);
    if (event.type !== 'call.finished' && event.type !== 'call.failed') continue;
    yield { call: event.call, events: open.get(event.call) ?? [], ended: true };
    open.delete(event.call);
  }
  for (const [call, story] of open) yield { call, events: story, ended: false };
}

/** What the last event of a type tells, if there is one. */
export function told<Type extends EventType>({ events }: CallStory, type: Type): EventData[Type] | undefined {
  const found = events.findLast((event) => event.type === type);
  return found !== undefined && isOf(found, type) ? found.data : undefined;
}

function isOf<Type extends EventType>(
  event: AuditEvent,
  type: Type,
): event is AuditEvent & { readonly type: Type; readonly data: EventData[Type] } {
  return event.type === type;
}
