import { isJsonObject, readJson } from '../../../call/json.ts';
import { sha256 } from '../canonical.ts';
import { coveredText, type ChainEnd } from '../seal.ts';

/** What a line of the record says of its place, and whether its hash covers it. */
export interface LinkedLine {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly time: string;
  readonly id: string;
  readonly type: string;
  /** False when the line is not what its hash was made of. */
  readonly intact: boolean;
}

/** `undefined` for what is no event at all: cut off, zeros, or somebody's text. */
export function readLine(line: string): LinkedLine | undefined {
  const event = readJson(line);
  if (!isJsonObject(event)) return undefined;
  const { sequence, previousHash, hash, time, id, type } = event;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  if (typeof previousHash !== 'string' || typeof hash !== 'string') return undefined;
  if (typeof time !== 'string' || typeof id !== 'string' || typeof type !== 'string') return undefined;
  const covered = coveredText(line, hash);
  const intact = covered !== undefined && sha256(covered) === hash;
  return { sequence, previousHash, hash, time, id, type, intact };
}

export function endOf(line: LinkedLine): ChainEnd {
  return { sequence: line.sequence, hash: line.hash };
}
