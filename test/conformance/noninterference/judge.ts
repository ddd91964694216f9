/** Asks both sides the same, and says whether a principal could tell one from the other. */
import type { Numbers } from '../oracle/generated.ts';
import type { Observation, Sides } from './sides.ts';
import { wrapped } from './statements.ts';

export interface Judged {
  readonly sql: string;
  /** `unsteady`: one side alone gives other answers each time, so that nothing can be said. */
  readonly verdict: 'equal' | 'refused' | 'failed' | 'differs' | 'unsteady';
  readonly words: readonly string[];
}

/** What anybody can read of the tables after a statement that may have changed them. */
const looks = ['customers', 'orders', 'products', '`p.hr.staff`', '`q-1.raw.visits`'].map(
  (table) => `SELECT * FROM ${table}`,
);

export async function judge(numbers: Numbers, sides: Sides): Promise<Judged> {
  const sql = wrapped(numbers);
  const [a, b] = await Promise.all([sides.ask('a', sql), sides.ask('b', sql)]);
  const found = difference(a, b);
  const changed = changes(sql) && found === undefined ? await afterwards(sides) : undefined;
  const words = found ?? changed;
  const again = words === undefined || changes(sql) ? a : await sides.ask('a', sql);
  if (changes(sql)) await sides.restore();
  if (words === undefined) return { sql, verdict: outcome(a), words: [firstFailure(a)] };
  return { sql, verdict: difference(a, again) === undefined ? 'differs' : 'unsteady', words };
}

/** Whether somebody who sees everything could tell the sides apart by the statement. */
export async function distinguishes(sql: string, sides: Sides): Promise<boolean> {
  const [a, b] = await Promise.all([sides.askCleared('a', sql), sides.askCleared('b', sql)]);
  if (changes(sql)) await sides.restore();
  return difference(a, b) !== undefined;
}

function changes(sql: string): boolean {
  return /\b(INSERT|UPDATE|DELETE|MERGE|CREATE)\b/.test(sql);
}

async function afterwards(sides: Sides): Promise<readonly string[] | undefined> {
  for (const look of looks) {
    const [a, b] = await Promise.all([sides.ask('a', look), sides.ask('b', look)]);
    const found = difference(a, b);
    if (found !== undefined) return [`afterwards ${look}`, ...found];
  }
  return undefined;
}

function difference(a: Observation, b: Observation): readonly string[] | undefined {
  const [left, right] = [a, b].map((each) => each.map((part) => JSON.stringify(part)));
  if (left === undefined || right === undefined) return undefined;
  if (left.join('\n') === right.join('\n')) return undefined;
  const index = left.findIndex((part, at) => part !== right[at]);
  return [`answer ${index}`, left[index] ?? 'none', right[index] ?? 'none'];
}

function firstFailure(observation: Observation): string {
  const failed = observation.flatMap((part) =>
    typeof part === 'object' && part !== null && 'failed' in part ? [JSON.stringify(part['failed'])] : [],
  );
  return failed.at(-1) ?? '';
}

function outcome([, answer]: Observation): 'equal' | 'refused' | 'failed' {
  if (typeof answer !== 'object' || answer === null || !('failed' in answer)) return 'equal';
  const { failed } = answer;
  return /policy denies|was not sent|cannot run that way|ERR_/.test(JSON.stringify(failed))
    ? 'refused'
    : 'failed';
}
