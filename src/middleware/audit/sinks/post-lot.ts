import { EventsRefused } from './sink.ts';

export interface Lot {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** What says that the text itself is at fault: bad request, too large, not processable. */
const refusing = new Set([400, 413, 422]);

/**
 * Posts a lot and gives the text of the answer. No redirect is followed: it would carry the events to somebody else.
 * @throws {EventsRefused} when the answer says that these events will never be taken.
 */
export async function postLot({ url, headers, body, signal }: Lot): Promise<string> {
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  const text = await answer.text();
  if (answer.ok) return text;
  const message = `The receiver answered ${answer.status}.`;
  throw refusing.has(answer.status) ? new EventsRefused(message) : new Error(message);
}
