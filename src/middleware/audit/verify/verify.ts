import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChainCheck } from './check-chain.ts';
import { HeadCheck } from './check-heads.ts';
import { linesOf } from './lines.ts';
import type { FileReport, Problem, VerifyReport } from './report.ts';

export interface VerifyOptions {
  /**
   * The public Ed25519 key (or PEM) that must have signed the heads. Keep it elsewhere: without it the `.pub` file
   * beside the record is taken, which whoever replaces the record can replace too.
   */
  readonly key?: KeyObject | string;
  /** With `key`: how many events at the end of a chain need no signed head yet; 10,000. */
  readonly unsignedTail?: number;
  /** Events that somebody else took note of; the chains must still hold them. */
  readonly anchors?: readonly { readonly sequence: number; readonly hash: string }[];
}

/**
 * Checks exported or live audit files offline: every event unchanged, all there, in order, and as signed.
 * Reads in one pass with constant memory. A file that is being written may end in a cut line.
 */
export async function verify(
  paths: string | readonly string[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const check = new Verification(options);
  for (const path of typeof paths === 'string' ? [paths] : paths) await check.path(path);
  return check.report();
}

const mostProblems = 1000;

class Verification {
  readonly #key: KeyObject | undefined;
  readonly #unsignedTail: number;
  readonly #anchors: NonNullable<VerifyOptions['anchors']>;
  readonly #found = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #files: FileReport[] = [];
  #clockSteps = 0;

  constructor({ key, unsignedTail = 10_000, anchors = [] }: VerifyOptions) {
    this.#key = typeof key === 'string' ? createPublicKey(key) : key;
    this.#unsignedTail = unsignedTail;
    this.#anchors = anchors;
  }

  async path(path: string): Promise<void> {
    try {
      for (const file of await filesIn(path)) await this.#file(file);
    } catch {
      this.#add({ kind: 'unreadable', file: path, message: 'There is no audit record to be read here.' });
    }
  }

  report(): VerifyReport {
    for (const { sequence, hash } of this.#anchors) {
      if (this.#found.has(anchorName(sequence, hash))) continue;
      const message = `The anchored event ${sequence} is not in the record.`;
      this.#add({ kind: 'anchorMismatch', file: this.#files[0]?.file ?? '', sequence, message });
    }
    const events = this.#files.reduce((sum, file) => sum + file.events, 0);
    const { length } = this.#problems;
    return {
      ok: length === 0,
      events,
      problems: this.#problems,
      files: this.#files,
      clockSteps: this.#clockSteps,
    };
  }

  async #file(file: string): Promise<void> {
    const report = (problem: Problem): void => this.#add(problem);
    const chain = new ChainCheck(file, report);
    const heads = await HeadCheck.read(file, this.#key, report);
    await this.#walk(chain, heads, file);
    heads.ended();
    this.#clockSteps += chain.clockSteps;
    const { events, end } = chain;
    this.#files.push({ file, events, end, signedUpTo: heads.signedUpTo });
    if (this.#key !== undefined) this.#checkCover(file, end.sequence, heads.signedUpTo);
  }

  async #walk(chain: ChainCheck, heads: HeadCheck, file: string): Promise<void> {
    const anchors = new Set(this.#anchors.map(({ sequence, hash }) => anchorName(sequence, hash)));
    for await (const lines of linesOf(file)) {
      for (const { text, whole } of lines) {
        if (!whole) chain.cutOff();
        else chain.next(text);
        heads.passed(chain.end);
        if (anchors.size > 0) this.#note(anchors, anchorName(chain.end.sequence, chain.end.hash));
      }
    }
  }

  #note(anchors: ReadonlySet<string>, name: string): void {
    if (anchors.has(name)) this.#found.add(name);
  }

  #checkCover(file: string, last: number, signedUpTo: number): void {
    const open = last - signedUpTo;
    if (signedUpTo > 0 && open <= this.#unsignedTail) return;
    const message = `No head by the given key covers the last ${open} events.`;
    this.#add({ kind: 'unsigned', file, sequence: last, message });
  }

  #add(problem: Problem): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
  }
}

function anchorName(sequence: number, hash: string): string {
  return `${sequence}:${hash}`;
}

/** The chains in a folder, also those of which only the signed heads are left. */
async function filesIn(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path);
  const chains = names.map((name) => name.replace(/\.heads$/, '')).filter((name) => name.endsWith('.jsonl'));
  if (chains.length === 0) throw new Error('no chains');
  return [...new Set(chains)].toSorted().map((name) => join(path, name));
}
