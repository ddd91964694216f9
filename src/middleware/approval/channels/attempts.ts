import { setTimeout as sleep } from 'node:timers/promises';
import { ForbiddenAddress } from '../address.ts';
import type { ChannelWay } from '../channel.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { Answer } from '../send-pinned.ts';

export interface AttemptFailure {
  readonly message: string;
  readonly error: Error;
  /** Of HTTP, if there was an answer. */
  readonly status?: number;
  /** Nothing that waiting could mend. */
  readonly final: boolean;
  /** Milliseconds that the receiver asked for. */
  readonly wait: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Milliseconds between attempts; the last one repeats. Standard Webhooks begins with 5 s and 5 min; as a call
 * waits 5 min by default, more attempts fall into that time here.
 */
export const defaultSchedule: readonly number[] = [
  ...[1, 5, 15, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
];

/** Tries until it succeeds, nobody waits any more, or waiting is of no use. */
export async function untilDelivered(
  attempt: () => Promise<AttemptFailure | undefined>,
  way: ChannelWay,
  schedule: readonly number[] = defaultSchedule,
): Promise<void> {
  for (let count = 0; ; count += 1) {
    const failure = await attempt();
    if (failure === undefined) return;
    if (failure.final) throw failure.error;
    way.attemptFailed(failure.message);
    const pause = Math.max(failure.wait, withJitter(schedule[count] ?? schedule.at(-1) ?? minute));
    await sleep(pause, undefined, { signal: way.signal, ref: false });
  }
}

/** Up to half as much again, so that many guards do not come back to a receiver at once. */
function withJitter(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 2);
}

/** Sends once; a refusal of any kind is a failure that says what to show and whether to go on. */
export async function attemptRequest(
  send: () => Promise<Answer>,
  whose: string,
  signal: AbortSignal,
  now: Date,
): Promise<Answer | AttemptFailure> {
  try {
    const answer = await send();
    if (answer.status >= 200 && answer.status < 300) return answer;
    return badStatus(answer.status, whose, readRetryAfter(answer.retryAfter, now));
  } catch (error) {
    if (signal.aborted) throw error;
    return noAnswer(error, whose);
  }
}

export function failed(message: string, whose: string, final = false, wait = 0): AttemptFailure {
  return { message, error: new Error(`${capital(whose)} ${message}.`), final, wait };
}

function badStatus(status: number, whose: string, wait: number): AttemptFailure {
  const redirected = status >= 300 && status < 400;
  const failure = failed(redirected ? `redirected (${status})` : `answered ${status}`, whose, false, wait);
  return { ...failure, status };
}

function noAnswer(cause: unknown, whose: string): AttemptFailure {
  if (cause instanceof ForbiddenAddress) {
    return { message: 'host is not a public address', error: cause, final: true, wait: 0 };
  }
  const message = `gave no proper answer (${nameOf(cause)})`;
  const error = new Error(`${capital(whose)} ${message}.`, { cause });
  return { message, error, final: false, wait: 0 };
}

function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
