import { isJsonObject, readJson } from '../../call/json.ts';
import type { AuditEvent } from './event.ts';
import { eventCatalogue } from './events/catalogue.ts';
import { chainsIn } from './verify/chains.ts';
import { linesOf } from './verify/lines.ts';

/**
 * The events of a record in the order of its chain, one chain after another; of a folder, or of one file and the
 * segments before it. Lines that are no event are left out: whether the record is whole is for `verify` to say.
 *
 * ```ts
 * for await (const { time, type, call } of readEvents('audit')) console.log(time, type, call);
 * ```
 */
export async function* readEvents(path: string): AsyncGenerator<AuditEvent> {
  for (const { closed, last } of await chainsIn(path)) {
    for (const file of [...closed, ...last]) yield* eventsOf(file);
  }
}

/** The events of one file. */
export async function* eventsOf(file: string): AsyncGenerator<AuditEvent> {
  for await (const lines of linesOf(file)) for (const { text } of lines) yield* eventIn(text);
}

/** The event that a line holds, if it is one. */
export function eventIn(text: string | undefined): AuditEvent[] {
  const value = text === undefined ? undefined : readJson(text);
  return isEvent(value) ? [value] : [];
}

function isEvent(value: unknown): value is AuditEvent {
  if (!isJsonObject(value)) return false;
  const { type, sequence, data } = value;
  return (
    typeof type === 'string' && type in eventCatalogue && typeof sequence === 'number' && isJsonObject(data)
  );
}
