import { createPublicKey, type KeyObject } from 'node:crypto';
import type { ChainEnd } from '../seal.ts';
import { ChainCheck } from './check-chain.ts';
import { HeadCheck } from './check-heads.ts';
import { ManifestCheck } from './check-manifest.ts';
import { chainsIn, type ChainFiles } from './chains.ts';
import { chunksOf } from './lines.ts';
import { keyBeside } from './signature.ts';
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
      for (const chain of await chainsIn(path)) await this.#chain(chain);
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
      unsigned: this.#files.reduce((sum, { end, signedUpTo }) => sum + end.sequence - signedUpTo, 0),
    };
  }

  async #chain({ path, closed, last }: ChainFiles): Promise<void> {
    const report = (problem: Problem): void => this.#add(problem);
    const key = this.#key ?? (await keyBeside(path));
    const heads = await HeadCheck.read(path, key, report);
    const manifest = await ManifestCheck.read(path, key, report);
    const anchors = new Set(this.#anchors.map(({ sequence, hash }) => anchorName(sequence, hash)));
    const chain = new ChainCheck(report, (end) => {
      heads.passed(end);
      if (anchors.size > 0) this.#note(anchors, anchorName(end.sequence, end.hash));
    });
    let events = 0;
    for (const file of [...closed, ...last]) {
      await walk(chain, file);
      events += chain.events;
      if (!last.includes(file)) manifest.closed(file, chain, file === closed.at(-1));
    }
    if (last.length === 0 && closed.length > 0) report(goesOnNowhere(path));
    heads.ended();
    manifest.ended();
    this.#clockSteps += chain.clockSteps;
    this.#told(path, { events, end: chain.end, segments: closed.length + last.length }, heads.signedUpTo);
  }

  #told(
    file: string,
    found: { readonly events: number; readonly end: ChainEnd; readonly segments: number },
    signedUpTo: number,
  ): void {
    const { sequence, hash } = found.end;
    this.#files.push({ ...found, file, end: { sequence, hash }, signedUpTo });
    if (this.#key !== undefined) this.#checkCover(file, sequence, signedUpTo);
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

function goesOnNowhere(file: string): Problem {
  return { kind: 'truncated', file, message: 'The file in which the chain goes on is not there.' };
}

async function walk(chain: ChainCheck, file: string): Promise<void> {
  chain.begin(file);
  for await (const chunk of chunksOf(file)) {
    if (chunk.lines === 'whole') chain.lines(chunk.bytes);
    else if (chunk.lines === 'cut') chain.cutOff();
    else chain.tooLong();
  }
}
