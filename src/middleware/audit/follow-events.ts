import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from './event.ts';
import { DurableChain } from './file/durable-chain.ts';
import { closedSegments, segmentNumber } from './file/segments.ts';
import { eventIn } from './read-events.ts';
import type { RecordPlace } from './sinks/record-source.ts';
import { chainsIn } from './verify/chains.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Milliseconds between two looks; 500. */
  readonly every?: number;
}

/** The events that are written to a record from now on, until the signal ends it; of all chains of a folder. */
export async function* followEvents(
  path: string,
  { signal, every = 500 }: FollowOptions,
): AsyncGenerator<AuditEvent> {
  const places = new Map<string, RecordPlace>();
  for (let first = true; !signal.aborted; first = false) {
    for (const chain of await chainsIn(path)) {
      const end = await endOf(chain.path);
      const from = places.get(chain.path) ?? (first ? end : undefined);
      places.set(chain.path, from ?? { segment: 1, offset: 0 });
      yield* since(chain.path, end, places);
    }
    await sleep(every, undefined, { signal }).catch(() => undefined);
  }
}

async function* since(
  path: string,
  end: RecordPlace,
  places: Map<string, RecordPlace>,
): AsyncGenerator<AuditEvent> {
  const chain = new DurableChain();
  chain.reached(path, end);
  for (;;) {
    const portion = await chain.read(places.get(path), portionBytes);
    if (portion === undefined) return;
    places.set(path, portion.next);
    for (const line of portion.lines) yield* eventIn(line);
  }
}

const portionBytes = 64 * 1024;

/** The size may end within a line that is being written. Its rest is then no event, and passed over. */
async function endOf(path: string): Promise<RecordPlace> {
  const last = closedSegments(path, await readdir(dirname(path))).at(-1);
  const segment = (last === undefined ? 0 : (segmentNumber(last) ?? 0)) + 1;
  const size = await stat(path).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  return { segment, offset: size };
}
