import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { LedgerCounter, LedgerState } from '../ledger.ts';
import type { Held, Lease } from '../budget-store.ts';

/** A ledger as JSON; amounts are text, since JSON's numbers are too small for them. */
export function writeState({ counters, leases }: LedgerState): string {
  return `${JSON.stringify({
    version: 1,
    counters: counters.map(({ name, spent, expiresAt }) => ({ name, spent: `${spent}`, expiresAt })),
    leases: leases.map(({ claims, ...lease }) => ({
      ...lease,
      claims: claims.map((claim) => ({ ...claim, amount: `${claim.amount}` })),
    })),
  })}\n`;
}

/** `undefined` when the text is not a whole ledger: what cannot be read in full is not used in part. */
export function readState(text: string): LedgerState | undefined {
  try {
    const state: unknown = JSON.parse(text);
    if (!isJsonObject(state) || state['version'] !== 1) return undefined;
    return {
      counters: listAt(state, 'counters').map(counterOf),
      leases: listAt(state, 'leases').map(leaseOf),
    };
  } catch {
    return undefined;
  }
}

function counterOf(entry: JsonObject): LedgerCounter {
  return {
    name: textAt(entry, 'name'),
    spent: amountAt(entry, 'spent'),
    expiresAt: timeAt(entry, 'expiresAt'),
  };
}

function leaseOf(entry: JsonObject): Lease {
  return {
    id: textAt(entry, 'id'),
    name: entry['name'] === undefined ? undefined : textAt(entry, 'name'),
    expiresAt: timeAt(entry, 'expiresAt'),
    claims: listAt(entry, 'claims').map(heldOf),
  };
}

function heldOf(entry: JsonObject): Held {
  const hold = textAt(entry, 'hold');
  if (hold !== 'charge' && hold !== 'release') throw new TypeError('Not a way to hold.');
  return { counter: textAt(entry, 'counter'), amount: amountAt(entry, 'amount'), hold };
}

function listAt(object: JsonObject, name: string): readonly JsonObject[] {
  const list: Json | undefined = object[name];
  if (Array.isArray(list) && list.every(isJsonObject)) return list;
  throw new TypeError(`Not a list: ${name}`);
}

function textAt(object: JsonObject, name: string): string {
  const text = object[name];
  if (typeof text === 'string') return text;
  throw new TypeError(`Not a text: ${name}`);
}

function amountAt(object: JsonObject, name: string): bigint {
  const text = textAt(object, name);
  if (/^\d{1,40}$/.test(text)) return BigInt(text);
  throw new TypeError(`Not an amount: ${name}`);
}

function timeAt(object: JsonObject, name: string): Date {
  const time = new Date(textAt(object, name));
  if (!Number.isNaN(time.getTime())) return time;
  throw new TypeError(`Not a time: ${name}`);
}
