import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verify, type AuditEvent } from '../../middleware/audit/index.ts';

export interface Recorded {
  readonly events: number;
  /** True when `audit verify` finds nothing wrong. */
  readonly whole: boolean;
  /** Of each statement, what was written down, in order. */
  readonly statements: readonly (readonly AuditEvent[])[];
}

/** Reads a record from its files, as an auditor would. */
export async function readRecord(folder: string): Promise<Recorded> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const events = texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).map(readEvent);
  const calls = Map.groupBy(events, (event) => event.call ?? '');
  const statements = [...calls.values()].filter((group) =>
    group.some(({ type, data }) => type === 'call.started' && 'sql' in data),
  );
  const { ok } = await verify(folder);
  return { events: events.length, whole: ok, statements };
}

function readEvent(line: string): AuditEvent {
  const event: AuditEvent = JSON.parse(line);
  return event;
}
