import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { ChainEnd } from '../seal.ts';
import { readLine, type LinkedLine } from './read-line.ts';

/** What a line says of its place, and whether its hash covers it. */
export type Placed = Pick<LinkedLine, 'sequence' | 'hash' | 'previousHash' | 'time' | 'intact'>;

/** Where a line of canonical JSON says its place to be. */
interface LinePlace extends ChainEnd {
  readonly previousHash: string;
  readonly time: string;
  /** Where the member `hash` begins. */
  readonly hashAt: number;
}

const hashMember = ',"hash":"';
const previousMember = ',"previousHash":"';
const sequenceMember = ',"sequence":';
const timeMember = ',"time":"';
const memberLength = hashMember.length + 65;

/** What stands between the beginning of `hash` and that of `previousHash` where the event names no job. */
const withoutJob = memberLength + ',"id":"",'.length + 36 + '"job":null'.length;
/** The members behind `data` mostly fit into so many characters. */
const window = 1024;

/**
 * Reads the place of a line between two positions without parsing it; `text` has one character for each byte. Inside
 * strings every quotation mark has a backslash before it, so what is found are members. Where it finds those of another
 * object, the hash will not fit, and the line has to be parsed. `undefined` where the line is not of this form.
 */
function linePlace(text: string, start: number, stop: number): LinePlace | undefined {
  const previousAt = text.indexOf(previousMember, Math.max(start, stop - window));
  const usual = previousAt - withoutJob;
  const hashAt = text.startsWith(hashMember, usual) ? usual : text.lastIndexOf(hashMember, previousAt);
  const sequenceAt = text.indexOf(sequenceMember, previousAt);
  const timeAt = text.indexOf(timeMember, sequenceAt);
  const inOrder = start < hashAt && hashAt < previousAt && previousAt < sequenceAt && sequenceAt < timeAt;
  if (!inOrder || timeAt >= stop) return undefined;
  const sequenceFrom = sequenceAt + sequenceMember.length;
  const sequence = Number(text.slice(sequenceFrom, text.indexOf(',', sequenceFrom)));
  if (!Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  const timeFrom = timeAt + timeMember.length;
  return {
    hash: hexAt(text, hashAt + hashMember.length),
    previousHash: hexAt(text, previousAt + previousMember.length),
    sequence,
    time: text.slice(timeFrom, text.indexOf('"', timeFrom)),
    hashAt,
  };
}

function hexAt(text: string, from: number): string {
  return text.slice(from, from + 64);
}

/** The place of a line, and whether its hash covers it; `undefined` for what is no event. The bytes are used up. */
export function placeOf(bytes: Buffer, text: string, start: number, stop: number): Placed | undefined {
  const place = linePlace(text, start, stop);
  // The hash covers every byte, so a line that has it is what was written and need not be parsed.
  if (place !== undefined && hashWithout(bytes, start, place.hashAt, stop) === place.hash) {
    return { ...place, intact: true };
  }
  const line = Buffer.from(text.slice(start, stop), 'latin1');
  return isUtf8(line) ? readLine(line.toString()) : undefined;
}

/** The hash of a line without its member `hash`: what that member has to say. The bytes are moved for it. */
function hashWithout(bytes: Buffer, start: number, hashAt: number, stop: number): string {
  bytes.copyWithin(start + memberLength, start, hashAt);
  return hash('sha256', bytes.subarray(start + memberLength, stop), 'hex');
}
