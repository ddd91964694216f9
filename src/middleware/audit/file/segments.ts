import { basename, dirname, join } from 'node:path';
import { isJsonObject, readJson } from '../../../call/json.ts';

/** What the manifest beside a chain says of a segment that was closed. */
export interface SegmentEntry {
  readonly version: 1;
  readonly file: string;
  readonly events: number;
  readonly first: number;
  readonly last: number;
  /** The hash of the last event. */
  readonly hash: string;
  /** The root of the Merkle tree over the hashes of its events. */
  readonly root: string;
  readonly time: string;
  /** With signing: the key, and Ed25519 over the RFC 8785 JSON of the rest. */
  readonly key?: string;
  readonly signature?: string;
}

/** The chain goes on under its own name; what was closed gets a number, and so sorts before it. */
export function segmentPath(path: string, number: number): string {
  return `${path.replace(/\.jsonl$/, '')}.${String(number).padStart(6, '0')}.jsonl`;
}

export function manifestPath(path: string): string {
  return `${path}.segments`;
}

/** The number of a closed segment; undefined for the file that is being written, and others. */
export function segmentNumber(name: string): number | undefined {
  const found = /\.(\d{6,})\.jsonl$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The path under which the chain of a file goes on. */
export function chainOf(path: string): string {
  return segmentNumber(path) === undefined ? path : path.replace(/\.\d{6,}\.jsonl$/, '.jsonl');
}

/** Of the names in its folder, the paths of the closed segments of a chain, oldest first. */
export function closedSegments(path: string, names: readonly string[]): string[] {
  const own = names.filter((name) => {
    const number = segmentNumber(name);
    return number !== undefined && name === basename(segmentPath(path, number));
  });
  return own
    .toSorted((a, b) => (segmentNumber(a) ?? 0) - (segmentNumber(b) ?? 0))
    .map((name) => join(dirname(path), name));
}

/** `undefined` for what is no entry. */
export function parseEntry(line: string): SegmentEntry | undefined {
  const value = readJson(line);
  if (!isJsonObject(value)) return undefined;
  const { version, file, events, first, last, hash, root, time, key, signature } = value;
  if (version !== 1 || typeof file !== 'string' || typeof time !== 'string') return undefined;
  if (typeof events !== 'number' || typeof first !== 'number' || typeof last !== 'number') return undefined;
  if (typeof hash !== 'string' || typeof root !== 'string') return undefined;
  const entry = { version, file, events, first, last, hash, root, time } as const;
  if (key === undefined && signature === undefined) return entry;
  return typeof key === 'string' && typeof signature === 'string' ? { ...entry, key, signature } : undefined;
}
