import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { newId } from '../../call/new-id.ts';
import type { Written } from '../entries.ts';

/** The first line, different in every file that was written whole, so that nobody reads on in the middle of another. */
export function journalHead(): string {
  return `${JSON.stringify({ version: 1, id: newId() })}\n`;
}

export const isJournalHead = (line: string): boolean => /^\{"version":1,"id":"[0-9a-f-]{36}"\}$/.test(line);

/** One commit, in one line that shows whether it is whole. */
export function journalLine(written: readonly Written[]): string {
  const text = JSON.stringify(written);
  return `${checksum(text)} ${text}\n`;
}

/** `undefined` when the line is not a whole commit. */
export function readJournalLine(line: string): readonly Written[] | undefined {
  const text = line.slice(checksumLength + 1);
  if (line.slice(0, checksumLength + 1) !== `${checksum(text)} `) return undefined;
  try {
    const written: unknown = JSON.parse(text);
    return Array.isArray(written) ? written.map(writtenOf) : undefined;
  } catch {
    return undefined;
  }
}

const checksumLength = 16;

const checksum = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, checksumLength);

function writtenOf(value: unknown): Written {
  if (!isJsonObject(value)) throw new TypeError('Not a change.');
  const key = textAt(value, 'key');
  if (value['removed'] === true) return { key, removed: true };
  const entry = { key, value: textAt(value, 'value'), version: textAt(value, 'version') };
  return value['expiresAt'] === undefined ? entry : { ...entry, expiresAt: timeAt(value, 'expiresAt') };
}

function textAt(object: JsonObject, name: string): string {
  const text = object[name];
  if (typeof text === 'string') return text;
  throw new TypeError(`Not a text: ${name}`);
}

function timeAt(object: JsonObject, name: string): Date {
  const time = new Date(textAt(object, name));
  if (!Number.isNaN(time.getTime())) return time;
  throw new TypeError(`Not a time: ${name}`);
}
