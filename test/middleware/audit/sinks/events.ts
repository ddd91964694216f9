import type { AuditEntry } from '../../../../src/middleware/audit/index.ts';
import { draft, genesis, seal } from '../../../../src/middleware/audit/seal.ts';
import { recordedEvent } from '../../../../src/middleware/audit/sinks/lot.ts';
import type { RecordedEvent } from '../../../../src/middleware/audit/sinks/sink.ts';
import { entry } from '../harness.ts';

export const never: AbortSignal = new AbortController().signal;

const known = new Map<number, readonly RecordedEvent[]>();

/** The first events of one chain: the same ones each time. */
export function events(count: number): readonly RecordedEvent[] {
  let made = known.get(count);
  if (made === undefined)
    known.set(count, (made = chained(Array.from({ length: count }, (_, index) => entry(index)))));
  return made;
}

export function chained(entries: readonly AuditEntry[]): readonly RecordedEvent[] {
  let end = genesis;
  return entries.map((each) => {
    const sealed = seal(draft(each), end);
    end = sealed.end;
    return recordedEvent(sealed.line);
  });
}
