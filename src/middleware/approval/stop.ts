import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { GuardError } from '../../errors.ts';
import { refused, stopped } from './approval-event.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { sameName } from './people.ts';
import { renderSafely } from './render.ts';

/** Whom the kill switch is for: everything a principal does, also through others, or one session. */
export type StopSubject = { readonly principal: string } | { readonly session: string };

type Requested = Pick<ApprovalRecord['requester'], 'principal' | 'delegation' | 'session'>;

function subjectsOf({ principal, delegation, session }: Requested): readonly string[] {
  const people = [principal, ...delegation].map((id) => `principal:${sameName(id)}`);
  return session === undefined ? people : [...people, `session:${session}`];
}

function nameOf(subject: StopSubject): string {
  return 'session' in subject ? `session:${subject.session}` : `principal:${sameName(subject.principal)}`;
}

/** Looked at before every call: what is stopped sends nothing any more. */
export async function refuseStopped(
  call: Call,
  context: Context,
  { store, desk }: ApprovalParts,
): Promise<void> {
  const { principal, session } = context;
  const { id, delegation } = principal;
  const stop = await store.findStop(
    subjectsOf({ principal: id, delegation, ...(session !== undefined && { session: session.id }) }),
  );
  if (stop === undefined) return;
  await desk.write(refused(undefined, 'stopped'), undefined, context);
  throw new GuardError(
    'ERR_POLICY_DENIED',
    `${stop.subject} was stopped by ${renderSafely(stop.by)}: "${renderSafely(stop.reason)}". Nothing was sent. Ask them before you go on.`,
    { callId: call.id, reasons: [{ rule: 'approval', message: 'stopped' }] },
  );
}

export async function stopSubject(
  subject: StopSubject,
  by: string,
  reason: string,
  parts: ApprovalParts,
): Promise<void> {
  const { store, desk, running, now } = parts;
  const name = nameOf(subject);
  await desk.write(stopped({ subject: name, state: 'stopped', by, reason }), undefined);
  // First of all, so that nothing new begins while the rest is ended.
  await store.putStop({ subject: name, by, reason, at: now().toISOString() });
  const isMeant = ({ requester }: ApprovalRecord): boolean => subjectsOf(requester).includes(name);
  const open = (await store.listOpen()).filter(isMeant).map(({ id }) => id);
  for (const id of new Set([...open, ...running.of(isMeant)])) await withdraw(id, by, reason, parts);
}

export async function releaseSubject(
  subject: StopSubject,
  by: string,
  reason: string,
  { store, desk }: ApprovalParts,
): Promise<boolean> {
  const name = nameOf(subject);
  await desk.write(stopped({ subject: name, state: 'released', by, reason }), undefined);
  return store.removeStop(name);
}

/** Ends whatever there is of it: the request, the approval, or the job that runs on it. */
export async function withdraw(
  id: string,
  by: string,
  reason: string,
  { desk, running, options }: ApprovalParts,
): Promise<boolean> {
  const cancelled = await desk.cancel(id, by, reason);
  if (cancelled?.kind === 'changed') return true;
  const revoked = await desk.revoke(id, by, reason);
  const record = revoked?.record;
  const isRunning = await running.stop(id, by);
  if (record?.state !== 'consumed') return revoked?.kind === 'changed' || isRunning;
  const { job } = record;
  if (!isRunning && (job === undefined || options.cancelJob === undefined)) return false;
  await desk.interrupt(record, by, reason);
  if (!isRunning && job !== undefined) await options.cancelJob?.(job);
  return true;
}
