import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { systemCode } from '../../call/system-code.ts';
import { Entries, type Written } from '../entries.ts';
import { isJournalHead, journalHead, journalLine, readJournalLine } from './journal-text.ts';
import { replaceFile } from './replace-file.ts';

/** A line that no process wrote: somebody changed the file, or the disk lost a part of it. */
export class DamagedJournal extends Error {}

/**
 * Commits in a file, one line each, added at its end; every process keeps the entries in memory and reads what others added. A
 * line without its end was never acknowledged: who writes next, under the lock, cuts it off.
 */
export class Journal {
  readonly #path: string;
  readonly #changed: (changed: readonly { readonly key: string }[]) => void;
  #entries = new Entries();
  #head = '';
  #length = 0;
  #seen = '';
  #rewriteAt = 0;

  /** `changed` hears of what others wrote. */
  constructor(path: string, changed: (changed: readonly { readonly key: string }[]) => void) {
    this.#path = path;
    this.#changed = changed;
  }

  get entries(): Entries {
    return this.#entries;
  }

  /** Reads what was added. Needs no lock: lines are only ever added, or the file is replaced whole. */
  async refresh(): Promise<void> {
    const seen = await stamp(this.#path);
    if (seen === this.#seen) return;
    if (seen === 'none') this.#begin('');
    else await withFile(this.#path, 'r', (file) => this.#read(file));
    this.#seen = seen;
  }

  /** Under the lock, after `refresh`: on disk when it returns. What it was to keep has already been made in the entries. */
  async add(commits: readonly (readonly Written[])[], now: Date): Promise<void> {
    try {
      if (this.#head === '') await this.#rewrite(now);
      else
        await withFile(this.#path, adding, (file) => this.#append(file, commits.map(journalLine).join('')));
      if (this.#length > this.#rewriteAt) await this.#rewrite(now);
      this.#seen = await stamp(this.#path);
    } catch (error) {
      this.#begin('');
      this.#seen = '';
      throw error;
    }
  }

  #begin(head: string): void {
    this.#entries = new Entries();
    this.#head = head;
    this.#length = Buffer.byteLength(head);
    this.#rewriteAt = 0;
  }

  async #read(file: FileHandle): Promise<void> {
    const head = await firstLine(file);
    if (!isJournalHead(head.trimEnd())) throw new DamagedJournal(`${this.#path} is no store of version 1.`);
    const before = this.#entries;
    if (head !== this.#head || (await file.stat()).size < this.#length) this.#begin(head);
    const text = await textFrom(file, this.#length);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const commits = whole
      .split('\n')
      .slice(0, -1)
      .map((line) => this.#commit(line));
    for (const written of commits) this.#entries.apply(written);
    this.#length += Buffer.byteLength(whole);
    if (this.#rewriteAt === 0) this.#rewriteAt = nextRewrite(this.#length);
    this.#changed(before === this.#entries ? commits.flat() : this.#entries.differing(before));
  }

  #commit(line: string): readonly Written[] {
    const written = readJournalLine(line);
    if (written !== undefined) return written;
    throw new DamagedJournal(`${this.#path} has a damaged line.`);
  }

  async #append(file: FileHandle, text: string): Promise<void> {
    await file.truncate(this.#length);
    await file.appendFile(text);
    await file.datasync();
    this.#length += Buffer.byteLength(text);
  }

  /** Leaves out what has been overwritten, taken away or has expired. */
  async #rewrite(now: Date): Promise<void> {
    const head = journalHead();
    const lines = this.#entries.all(now).map((entry) => journalLine([entry]));
    await replaceFile(this.#path, head + lines.join(''));
    this.#head = head;
    this.#length = Buffer.byteLength(head) + lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
    this.#rewriteAt = nextRewrite(this.#length);
  }
}

/** Not made anew: under the lock it is there, unless somebody takes it away. */
const adding = constants.O_WRONLY | constants.O_APPEND;

/** Rewriting costs what is alive; waiting for as much again keeps that cost small against what was added. */
const nextRewrite = (length: number): number => Math.max(1024 * 1024, 3 * length);

/** Another one when the file was added to or replaced. */
async function stamp(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'none';
    throw error;
  }
}

async function withFile<T>(
  path: string,
  flags: string | number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function firstLine(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  return text.slice(0, text.indexOf('\n') + 1);
}

async function textFrom(file: FileHandle, start: number): Promise<string> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, size - start));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.toString('utf8', 0, filled);
}
