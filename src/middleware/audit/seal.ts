import { newId } from '../../call/new-id.ts';
import type { Agent, Principal } from '../../call/principal.ts';
import { canonicalText, sha256 } from './canonical.ts';
import { eventCatalogue } from './events/catalogue.ts';
import type { AuditEntry } from './event.ts';

/** The last link of a chain. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first event. */
export const genesis: ChainEnd = { sequence: 0, hash: '0'.repeat(64) };

/**
 * An entry as canonical JSON with its place left open. RFC 8785 sorts members by name, so `hash`,
 * `previousHash` and `sequence` have fixed places between the four parts.
 */
export interface Draft {
  readonly beforeHash: string;
  readonly beforePrevious: string;
  readonly beforeSequence: string;
  readonly rest: string;
}

/** Does all the work that does not depend on the chain. Throws on what JSON cannot hold. */
export function draft(entry: AuditEntry): Draft {
  const { agent, call, data, job, principal, session, time, type } = entry;
  const { version } = eventCatalogue[type];
  return {
    beforeHash: `{"agent":${partText(agent)},"call":${canonicalText(call)},"data":${canonicalText(data)}`,
    beforePrevious: `,"id":"${newId()}","job":${canonicalText(job)},"previousHash":"`,
    beforeSequence: `","principal":${partText(principal)},"sequence":`,
    rest: `,"session":${canonicalText(session)},"time":"${time}","type":"${type}","version":${version}}`,
  };
}

const partTexts = new WeakMap<object, string>();

/** The events of one call share principal and agent; their text is kept while they cannot change. */
function partText(part: Principal | Agent | null): string {
  if (part === null) return 'null';
  const known = partTexts.get(part);
  if (known !== undefined) return known;
  const text = canonicalText(part);
  if (Object.isFrozen(part) && Object.values(part).every(Object.isFrozen)) partTexts.set(part, text);
  return text;
}

export interface Sealed {
  /** The event as one line of canonical JSON, without the line feed. */
  readonly line: string;
  readonly end: ChainEnd;
}

export function seal(parts: Draft, previous: ChainEnd): Sealed {
  const sequence = previous.sequence + 1;
  const tail = parts.beforePrevious + previous.hash + parts.beforeSequence + sequence + parts.rest;
  const hash = sha256(parts.beforeHash + tail);
  return { line: `${parts.beforeHash},"hash":"${hash}"${tail}`, end: { sequence, hash } };
}

/** The text that a line's hash covers: the line without its `hash` member. */
export function coveredText(line: string, hash: string): string | undefined {
  const member = `,"hash":"${hash}"`;
  // The members after it hold no member of this name, so the last one is the event's own.
  const start = line.lastIndexOf(member);
  return start === -1 ? undefined : line.slice(0, start) + line.slice(start + member.length);
}
