import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { manifestPath, parseEntry, type SegmentEntry } from '../file/segments.ts';
import type { ChainCheck } from './check-chain.ts';
import type { Problem, ProblemKind } from './report.ts';
import { signatureFault } from './signature.ts';

interface Listed {
  readonly line: number;
  readonly entry: SegmentEntry;
}

/** Compares the closed segments of a chain with the manifest beside it. */
export class ManifestCheck {
  readonly #path: string;
  readonly #report: (problem: Problem) => void;
  readonly #listed = new Map<string, Listed>();

  static async read(
    path: string,
    key: KeyObject | undefined,
    report: (problem: Problem) => void,
  ): Promise<ManifestCheck> {
    const text = await readFile(manifestPath(path), 'utf8').catch(() => '');
    return new ManifestCheck(path, key, text.split('\n').slice(0, -1), report);
  }

  constructor(
    path: string,
    key: KeyObject | undefined,
    lines: readonly string[],
    report: (problem: Problem) => void,
  ) {
    this.#path = path;
    this.#report = report;
    for (const [index, text] of lines.entries()) this.#read(index + 1, text, key);
  }

  /** Tells that a closed segment was walked to its end. A crash may leave the last one without an entry. */
  closed(file: string, { tree, end }: ChainCheck, isLast: boolean): void {
    const found = this.#listed.get(basename(file));
    this.#listed.delete(basename(file));
    if (found === undefined) {
      if (!isLast) this.#problem('badManifest', undefined, `does not list ${basename(file)}`);
      return;
    }
    const { events, last, hash, root } = found.entry;
    const isSame = events === tree.size && last === end.sequence && hash === end.hash && root === tree.root();
    if (!isSame) this.#problem('badManifest', found, `${basename(file)} is not the segment that was closed`);
  }

  /** Tells that all files of the chain were walked. */
  ended(): void {
    for (const listed of this.#listed.values()) {
      const { file, first, last } = listed.entry;
      this.#problem('missing', listed, `${file} with the events ${first} to ${last} is not there`);
    }
  }

  #read(line: number, text: string, key: KeyObject | undefined): void {
    const entry = parseEntry(text);
    const fault = entry === undefined ? 'is no entry of a manifest' : faultOf(entry, key);
    if (fault !== undefined) this.#problem('badManifest', { line, entry }, fault);
    if (entry !== undefined) this.#listed.set(entry.file, { line, entry });
  }

  #problem(
    kind: ProblemKind,
    at: { readonly line: number; readonly entry: SegmentEntry | undefined } | undefined,
    why: string,
  ): void {
    const file = manifestPath(this.#path);
    const line = at === undefined ? {} : { line: at.line };
    const sequence = at?.entry === undefined ? {} : { sequence: at.entry.first };
    const where = at === undefined ? 'The manifest' : `Line ${at.line} of the manifest`;
    this.#report({ kind, file, ...line, ...sequence, message: `${where}: ${why}.` });
  }
}

function faultOf(
  { key: name, signature, ...rest }: SegmentEntry,
  key: KeyObject | undefined,
): string | undefined {
  if (name === undefined || signature === undefined) return undefined;
  return signatureFault({ ...rest, key: name, signature }, key);
}
