import type { AuditEvent, EventSubject } from '../event.ts';
import { eventsOf } from '../read-events.ts';
import { chainsIn } from '../verify/chains.ts';

/** A call whose outcome is not in the record: the process ended in between. */
export interface OpenCall {
  readonly call: string;
  readonly operation: string;
  readonly project: string;
  /** When it was asked. */
  readonly time: string;
  readonly subject: EventSubject;
  /** Whether a request of the call itself may have been sent, other than a dry run. */
  readonly sent: boolean;
}

/**
 * The calls of a chain up to an event that have neither an outcome nor a recovered one, in their order. The segment that is
 * written and the one before are looked through: a process that had rotated twice since has closed what was open.
 */
export async function openCalls(path: string, upTo: number): Promise<readonly OpenCall[]> {
  const open = new Map<string, OpenCall>();
  const [chain] = await chainsIn(path);
  for (const file of [...(chain?.closed.slice(-1) ?? []), ...(chain?.last ?? [])]) {
    for await (const event of eventsOf(file)) if (event.sequence <= upTo) follow(open, event);
  }
  return [...open.values()];
}

function follow(open: Map<string, OpenCall>, event: AuditEvent): void {
  const { call, time, principal, agent, session, job } = event;
  if (call === null) return;
  if (event.type === 'call.started') {
    const { operation, project, followUp } = event.data;
    // Polls and pages change nothing.
    if (followUp === true) return;
    const subject = { principal, agent, session, call, job };
    open.set(call, { call, operation, project, time, subject, sent: false });
  } else if (event.type === 'query.started' && event.data.purpose === 'statement') {
    const begun = open.get(call);
    if (begun === undefined || event.data.dryRun === true) return;
    const { operation } = event.data;
    open.set(call, { ...begun, operation, subject: { ...begun.subject, job }, sent: true });
  } else if (ends.has(event.type)) {
    open.delete(call);
  }
}

const ends: ReadonlySet<string> = new Set(['call.finished', 'call.failed', 'call.recovered']);
