import { basename, dirname } from 'node:path';
import { canonicalText } from '../canonical.ts';
import type { RecordPlace } from '../sinks/record-source.ts';
import { genesis, type ChainEnd, type Draft } from '../seal.ts';
import { unavailable } from '../unavailable.ts';
import { ChainFile, type Torn } from './chain-file.ts';
import type { Disk } from './disk.ts';
import { LineFile } from './line-file.ts';
import { emptySegment, scanSegment, type SegmentScan } from './segment-scan.ts';
import {
  closedSegments,
  manifestPath,
  parseEntry,
  segmentNumber,
  segmentPath,
  type SegmentEntry,
} from './segments.ts';
import type { Signer } from './signer.ts';
import { findTail } from './tail.ts';

/** When a segment is closed and the chain goes on in a new one. */
export interface SegmentLimits {
  /** In bytes; 64 MiB. */
  readonly maximumBytes?: number;
  /** Since its first event, in milliseconds; a day. */
  readonly maximumAge?: number;
}

export interface ChainOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly limits: SegmentLimits;
  readonly signer: Signer | undefined;
  readonly now: () => Date;
}

/** A chain of events over a row of segment files; the last of them is written to. */
export class Chain {
  readonly #options: ChainOptions;
  #file: ChainFile;
  #segment: SegmentScan;
  #next: number;
  #manifest: LineFile | undefined;
  /** Of a segment that was closed and is not in the manifest yet. */
  #owed: string | undefined;
  /** Where the chain goes on when the next file could not be opened. */
  #broken: ChainEnd | undefined;

  static async open(options: ChainOptions): Promise<{ chain: Chain; torn: Torn | undefined }> {
    const { disk, path } = options;
    const closed = closedSegments(path, await disk.list(dirname(path)));
    const listed = await listedSegments(disk, path);
    const last = closed.at(-1);
    const before = last === undefined ? genesis : await endOfClosed(disk, last);
    const { chain: file, torn } = await ChainFile.open(disk, path, before);
    try {
      const segment = await scanSegment((position, length) => file.read(position, length), file.size);
      const next = Math.max(segmentNumber(last ?? '') ?? 0, ...listed.keys()) + 1;
      const chain = new Chain(options, file, segment, next);
      if (last !== undefined && !listed.has(segmentNumber(last) ?? 0)) await chain.#list(last);
      return { chain, torn };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  constructor(options: ChainOptions, file: ChainFile, segment: SegmentScan, next: number) {
    this.#options = options;
    this.#file = file;
    this.#segment = segment;
    this.#next = next;
  }

  get end(): ChainEnd {
    return this.#broken ?? this.#file.end;
  }

  /** Up to where the chain is durable. */
  get place(): RecordPlace {
    return { segment: this.#next, offset: this.#broken === undefined ? this.#file.size : 0 };
  }

  /** Resolves when the batch is durable. */
  async append(batch: readonly Draft[]): Promise<void> {
    await this.#goOn();
    await this.#payOwed();
    if (this.#isFull()) await this.#rotate();
    const hashes = await this.#file.append(batch);
    for (const hash of hashes) this.#segment.tree.add(hash);
    const { sequence, hash } = this.#file.end;
    const { tree, first, time } = this.#segment;
    this.#segment = {
      tree,
      first: first || sequence - hashes.length + 1,
      last: sequence,
      hash,
      time: time || this.#options.now().toISOString(),
    };
  }

  async close(): Promise<void> {
    // What stays owed is made from the file when it is opened again.
    await this.#payOwed().catch(() => undefined);
    if (this.#broken === undefined) await this.#file.close();
    await this.#manifest?.close();
  }

  #isFull(): boolean {
    const { maximumBytes = 64 * 1024 * 1024, maximumAge = 24 * 3_600_000 } = this.#options.limits;
    if (this.#segment.tree.size === 0) return false;
    const age = this.#options.now().getTime() - Date.parse(this.#segment.time);
    return this.#file.size >= maximumBytes || age >= maximumAge;
  }

  /** First the name and then the manifest: an entry can be made anew from the file, the file from nothing. */
  async #rotate(): Promise<void> {
    const { disk, path } = this.#options;
    const closed = segmentPath(path, this.#next);
    await disk.rename(path, closed);
    this.#owed = this.#entry(closed, this.#segment);
    this.#broken = this.#file.end;
    this.#next += 1;
    this.#segment = emptySegment();
    await this.#file.close();
    await this.#goOn();
    await this.#payOwed();
  }

  async #goOn(): Promise<void> {
    if (this.#broken === undefined) return;
    const { disk, path } = this.#options;
    this.#file = (await ChainFile.open(disk, path, this.#broken)).chain;
    this.#broken = undefined;
  }

  #entry(closed: string, { tree, first, last, hash }: SegmentScan): string {
    const { signer, now } = this.#options;
    const entry: SegmentEntry = {
      version: 1,
      file: basename(closed),
      events: tree.size,
      first,
      last,
      hash,
      root: tree.root(),
      time: now().toISOString(),
    };
    return signer === undefined ? canonicalText(entry) : signer.line(entry);
  }

  async #list(closed: string): Promise<void> {
    const file = await this.#options.disk.open(closed);
    try {
      const { size } = await file.identify();
      const scan = await scanSegment((position, length) => file.read(position, length), size);
      this.#owed = this.#entry(closed, scan);
    } finally {
      await file.close();
    }
    await this.#payOwed();
  }

  async #payOwed(): Promise<void> {
    if (this.#owed === undefined) return;
    const { disk, path } = this.#options;
    this.#manifest ??= await LineFile.open(disk, manifestPath(path));
    await this.#manifest.append(this.#owed);
    this.#owed = undefined;
  }
}

/** By number; nothing where no segment was closed yet. */
async function listedSegments(disk: Disk, path: string): Promise<Map<number, SegmentEntry>> {
  const names = await disk.list(dirname(path));
  if (!names.includes(basename(manifestPath(path)))) return new Map();
  const file = await disk.open(manifestPath(path));
  try {
    const { size } = await file.identify();
    const text = Buffer.from(await file.read(0, size)).toString();
    const entries = text.split('\n').flatMap((line) => parseEntry(line) ?? []);
    return new Map(entries.map((entry) => [segmentNumber(entry.file) ?? 0, entry]));
  } finally {
    await file.close();
  }
}

/** A closed segment ends with a whole event; anything else is nothing to go on from. */
async function endOfClosed(disk: Disk, path: string): Promise<ChainEnd> {
  const file = await disk.open(path);
  try {
    const { size } = await file.identify();
    const { end, torn } = await findTail(file, size, genesis);
    if (torn.length > 0 || end.sequence === 0) throw unavailable('its last closed segment is not whole');
    return end;
  } finally {
    await file.close();
  }
}
