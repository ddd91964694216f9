import { renderSafely } from '../../middleware/approval/render.ts';
import type { AuditEvent } from '../../middleware/audit/index.ts';
import { recordAt } from '../record-at.ts';
import { followEvents } from '../../middleware/audit/follow-events.ts';

export interface TailOptions {
  /** How many of the last events are printed first. */
  readonly lines: string;
  readonly follow?: true;
  readonly json?: true;
}

/** Prints the last events of a record, and with `follow` those that come, until it is interrupted. */
export async function auditTail(path: string, { lines, follow, json }: TailOptions): Promise<number> {
  const count = Number(lines);
  if (!Number.isSafeInteger(count) || count < 0) {
    console.error('--lines has to be a number of lines.');
    return 2;
  }
  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  // Began before the last ones are read, so that none is missed in between; then some are seen twice.
  const coming = follow === true ? followEvents(path, { signal: end.signal }) : undefined;
  const pending = coming?.next();
  const last: AuditEvent[] = [];
  for await (const event of recordAt(path)) {
    last.push(event);
    if (last.length > count) last.shift();
  }
  const seen = new Set(last.map(({ id }) => id));
  for (const event of last) print(event, json);
  if (coming === undefined || pending === undefined) return 0;
  for (let next = await pending; next.done !== true; next = await coming.next())
    if (!seen.has(next.value.id)) print(next.value, json);
  return 0;
}

function print(event: AuditEvent, json?: true): void {
  console.log(json === true ? JSON.stringify(event) : summaryOf(event));
}

function summaryOf({ time, sequence, type, principal, agent, call, data }: AuditEvent): string {
  const who = [principal?.id ?? '-', agent?.name ?? '-'].join(' ');
  const told = JSON.stringify(data);
  const shown = told.length > longest ? `${told.slice(0, longest)}…` : told;
  return renderSafely([time, sequence, type, who, call ?? '-', shown].join('  '));
}

const longest = 200;
