import { unavailable } from './unavailable.ts';
import { draft, genesis, seal } from './seal.ts';
import type { AuditEvent } from './event.ts';
import type { AuditStore } from './store.ts';

/** A record that is gone with the process, chained like any other: for tests. */
export interface MemoryStore extends AuditStore {
  /** The record as a file would hold it. */
  readonly lines: readonly string[];
  /** The same, parsed. */
  events(): readonly AuditEvent[];
}

export function memoryStore(): MemoryStore {
  const lines: string[] = [];
  let end = genesis;
  let closed = false;
  return {
    lines,
    events: () => lines.map(parsed),
    async append(entries) {
      if (closed) throw unavailable('it was closed');
      for (const parts of entries.map(draft)) {
        const sealed = seal(parts, end);
        lines.push(sealed.line);
        end = sealed.end;
      }
    },
    async close() {
      closed = true;
    },
  };
}

function parsed(line: string): AuditEvent {
  // The line was made by seal from an AuditEntry.
  const event: AuditEvent = JSON.parse(line);
  return event;
}
