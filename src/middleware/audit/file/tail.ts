import type { ChainEnd } from '../seal.ts';
import { unavailable } from '../unavailable.ts';
import { endOf, readLine } from './read-line.ts';
import type { DiskFile } from './disk.ts';

/** Where writing goes on in a file that exists. */
export interface Tail {
  readonly end: ChainEnd;
  /** The length of the file up to the last whole event. */
  readonly size: number;
  /** What a crash left after it: never acknowledged, since a batch is acknowledged only after its sync. */
  readonly torn: Uint8Array;
}

const firstWindow = 64 * 1024;
const lineFeed = 10;

/** Finds the last whole event by reading backwards; `before` is the event that a file without any goes on from. */
export async function findTail(file: DiskFile, size: number, before: ChainEnd): Promise<Tail> {
  for (let window = firstWindow; ; window *= 4) {
    const start = Math.max(0, size - window);
    const bytes = await file.read(start, size - start);
    const found = lastEvent(bytes, start === 0);
    if (found !== undefined) return { ...found, size: start + found.size, torn: bytes.slice(found.size) };
    if (start === 0) return { end: before, size: 0, torn: bytes };
  }
}

function lastEvent(bytes: Uint8Array, whole: boolean): { end: ChainEnd; size: number } | undefined {
  let stop = bytes.lastIndexOf(lineFeed);
  while (stop !== -1) {
    const before = stop === 0 ? -1 : bytes.lastIndexOf(lineFeed, stop - 1);
    // Without the line feed before it, the line may begin outside the window.
    if (before === -1 && !whole) return undefined;
    const event = readLine(Buffer.from(bytes.subarray(before + 1, stop)).toString());
    if (event?.intact === true) return { end: endOf(event), size: stop + 1 };
    if (event !== undefined) throw unavailable('its last event was altered, so nothing can be added to it');
    stop = before;
  }
  return undefined;
}
