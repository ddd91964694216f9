import { genesis } from '../seal.ts';
import { placeOf } from './line-place.ts';
import { MerkleTree } from './merkle-tree.ts';

/** What a segment holds, as far as its manifest entry tells. */
export interface SegmentScan {
  readonly tree: MerkleTree;
  readonly first: number;
  readonly last: number;
  readonly hash: string;
  /** The time of its first event; empty where there is none. */
  readonly time: string;
}

export const emptySegment = (): SegmentScan => ({
  tree: new MerkleTree(),
  first: 0,
  last: 0,
  hash: '',
  time: '',
});

const step = 1024 * 1024;
const lineFeed = 10;

/** Walks the whole lines of a segment. Whether they are what was written is for `verify` to find. */
export async function scanSegment(
  read: (position: number, length: number) => Promise<Uint8Array>,
  size: number,
): Promise<SegmentScan> {
  let scan = emptySegment();
  let rest: Buffer = Buffer.alloc(0);
  for (let position = 0; position < size;) {
    const chunk = await read(position, Math.min(step, size - position));
    if (chunk.length === 0) break;
    position += chunk.length;
    const bytes = Buffer.concat([rest, chunk]);
    const stop = bytes.lastIndexOf(lineFeed) + 1;
    scan = scanLines(scan, bytes.subarray(0, stop));
    rest = bytes.subarray(stop);
  }
  return scan;
}

function scanLines(from: SegmentScan, bytes: Buffer): SegmentScan {
  const text = bytes.toString('latin1');
  let scan = from;
  for (let start = 0; start < text.length;) {
    const stop = text.indexOf('\n', start);
    const place = placeOf(bytes, text, start, stop);
    const hash = place?.hash ?? genesis.hash;
    const last = place?.sequence ?? scan.last + 1;
    scan.tree.add(hash);
    scan = { ...scan, first: scan.first || last, last, hash, time: scan.time || (place?.time ?? '') };
    start = stop + 1;
  }
  return scan;
}
