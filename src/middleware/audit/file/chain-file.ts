import { dirname } from 'node:path';
import { sha256 } from '../canonical.ts';
import { seal, type ChainEnd, type Draft } from '../seal.ts';
import { unavailable } from '../unavailable.ts';
import { findTail } from './tail.ts';
import type { Disk, DiskFile, Identity } from './disk.ts';

/** What was found after the last whole event when the file was opened. */
export interface Torn {
  readonly bytes: number;
  readonly digest: string;
}

interface Opened {
  readonly disk: Disk;
  readonly path: string;
  readonly file: DiskFile;
  readonly place: Identity;
  readonly size: number;
  readonly end: ChainEnd;
  readonly before: ChainEnd;
}

/**
 * A file of chained events that one writer appends to. A batch is durable as a whole or cut off again; the
 * chain then goes on from the last durable event.
 */
export class ChainFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #place: Identity;
  readonly #before: ChainEnd;
  #file: DiskFile;
  #size: number;
  #end: ChainEnd;
  #damaged = false;
  #checkedAt = Number.NEGATIVE_INFINITY;

  /** `before` is the event that the first one of the file is linked to. */
  static async open(
    disk: Disk,
    path: string,
    before: ChainEnd,
  ): Promise<{ chain: ChainFile; torn: Torn | undefined }> {
    const file = await disk.open(path);
    try {
      const place = await file.identify();
      const tail = await findTail(file, place.size, before);
      const torn = await setAside(disk, path, tail.torn);
      if (torn !== undefined) await file.truncate(tail.size);
      await file.sync();
      await disk.syncFolder(dirname(path));
      const { size, end } = tail;
      return { chain: new ChainFile({ disk, path, file, place, size, end, before }), torn };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  constructor({ disk, path, file, place, size, end, before }: Opened) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
    this.#place = place;
    this.#size = size;
    this.#end = end;
    this.#before = before;
  }

  get size(): number {
    return this.#size;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** Resolves with the hashes of the events when the batch is durable. */
  async append(batch: readonly Draft[]): Promise<readonly string[]> {
    if (this.#damaged) await this.#repair();
    const { text, end, hashes } = chained(batch, this.#end);
    const bytes = Buffer.from(text);
    try {
      await this.#write(bytes);
      const checking = this.#checkPlace(this.#size + bytes.length);
      // Awaited below; until then its failure must not end the process.
      checking.catch(() => undefined);
      await this.#file.sync();
      await checking;
    } catch (error) {
      this.#damaged = true;
      throw error;
    }
    this.#size += bytes.length;
    this.#end = end;
    return hashes;
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#file.read(position, length);
  }

  async close(): Promise<void> {
    // What was refused must not be found by the next who opens the file.
    if (this.#damaged) await this.#repair().catch(() => undefined);
    await this.#file.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length;) {
      const written = await this.#file.write(bytes.subarray(start));
      if (written === 0) throw unavailable('the file takes no more');
      start += written;
    }
  }

  /** Somebody who removes, replaces, cuts or writes the file beneath us would make acknowledgements a lie. */
  async #checkPlace(size: number): Promise<void> {
    const now = performance.now();
    if (now - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = now;
    const found = await this.#disk.identify(this.#path);
    const same = found.inode === this.#place.inode && found.device === this.#place.device;
    if (!same) throw unavailable('the file was replaced');
    if (found.size !== size) throw unavailable('somebody else changed the file');
  }

  /** After a failed sync the system may have dropped what it could not write, so the file is opened anew. */
  async #repair(): Promise<void> {
    const { size, inode } = await this.#disk.identify(this.#path);
    if (size < this.#size) throw unavailable('acknowledged events are gone from the file');
    if (inode !== this.#place.inode) throw unavailable('the file was replaced');
    const file = await this.#disk.open(this.#path);
    try {
      await this.#adopt(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #adopt(file: DiskFile): Promise<void> {
    // Before anything is cut: where somebody else wrote, our count of bytes is no longer a place between events.
    const tail = await findTail(file, this.#size, this.#before);
    const isOurs = tail.end.hash === this.#end.hash && tail.torn.length === 0;
    if (!isOurs) throw unavailable('acknowledged events are not where they were written');
    await file.truncate(this.#size);
    await file.sync();
    await this.#file.close();
    this.#file = file;
    this.#damaged = false;
  }
}

/** Looking costs a third of a small write's CPU, so not every write looks. */
const checkEveryMs = 100;

function chained(batch: readonly Draft[], from: ChainEnd): { text: string; end: ChainEnd; hashes: string[] } {
  const hashes: string[] = [];
  let end = from;
  let text = '';
  for (const draft of batch) {
    const sealed = seal(draft, end);
    text += `${sealed.line}\n`;
    end = sealed.end;
    hashes.push(end.hash);
  }
  return { text, end, hashes };
}

/** Torn bytes are kept beside the file: they may be evidence. */
async function setAside(disk: Disk, path: string, bytes: Uint8Array): Promise<Torn | undefined> {
  if (bytes.length === 0) return undefined;
  const digest = sha256(bytes);
  const file = await disk.open(`${path}.torn-${digest.slice(0, 16)}`);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes: bytes.length, digest };
}
