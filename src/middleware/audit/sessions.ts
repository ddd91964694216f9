import type { Session } from '../../call/principal.ts';
import type { NewEvent } from './event.ts';
import { sha256 } from './canonical.ts';
import { promptText, type IntentForm } from './intent.ts';

/** Remembers which sessions and prompts are recorded already. */
export class KnownSessions {
  readonly #prompts = new Map<string, string>();

  /** The events that a call of this session has to be preceded by. */
  news(session: Session | undefined, form: IntentForm): readonly NewEvent[] {
    if (session === undefined) return [];
    const known = this.#prompts.get(session.id);
    const mark = session.prompt === undefined ? (known ?? '') : sha256(session.prompt);
    if (known === mark) return [];
    this.#remember(session.id, mark);
    const events: NewEvent[] = [];
    if (known === undefined) events.push({ type: 'session.started', data: { session: session.id } });
    const prompt = promptText(session.prompt, form);
    if (prompt !== undefined) events.push({ type: 'prompt.recorded', data: { prompt } });
    return events;
  }

  /** After the events could not be written they have to be told again. */
  forget(session: Session | undefined): void {
    if (session !== undefined) this.#prompts.delete(session.id);
  }

  #remember(id: string, mark: string): void {
    this.#prompts.delete(id);
    this.#prompts.set(id, mark);
    const oldest = this.#prompts.keys().next();
    if (this.#prompts.size > mostSessions && oldest.done !== true) this.#prompts.delete(oldest.value);
  }
}

const mostSessions = 10_000;
