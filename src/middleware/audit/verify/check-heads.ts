import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isJsonObject, readJson } from '../../../call/json.ts';
import type { SignedHead } from '../file/heads.ts';
import type { ChainEnd } from '../seal.ts';
import type { Problem, ProblemKind } from './report.ts';
import { signatureFault } from './signature.ts';

/** Compares a chain with the signed heads beside it. */
export class HeadCheck {
  readonly #file: string;
  readonly #heads: readonly { readonly line: number; readonly head: SignedHead }[];
  readonly #report: (problem: Problem) => void;
  #next = 0;
  signedUpTo: number = 0;

  static async read(
    path: string,
    key: KeyObject | undefined,
    report: (problem: Problem) => void,
  ): Promise<HeadCheck> {
    const text = await readFile(`${path}.heads`, 'utf8').catch(() => '');
    return new HeadCheck(path, key, text.split('\n').slice(0, -1), report);
  }

  constructor(
    file: string,
    key: KeyObject | undefined,
    lines: readonly string[],
    report: (problem: Problem) => void,
  ) {
    this.#file = file;
    this.#report = report;
    this.#heads = this.#valid(lines, key);
  }

  /** Tells of an event of the chain; in the order of the chain. */
  passed(end: ChainEnd): void {
    for (;;) {
      const due = this.#heads[this.#next];
      if (due === undefined || due.head.sequence > end.sequence) return;
      this.#next += 1;
      if (due.head.sequence === end.sequence && due.head.hash === end.hash) this.signedUpTo = end.sequence;
      else this.#problem('badHead', due, 'another event was signed at this place than the chain has');
    }
  }

  /** Tells that the chain is at its end. */
  ended(): void {
    const due = this.#heads.at(-1);
    if (due === undefined || this.#next === this.#heads.length) return;
    this.#problem('truncated', due, 'the chain was signed up to here and ends before');
  }

  #valid(lines: readonly string[], key: KeyObject | undefined): { line: number; head: SignedHead }[] {
    const heads: { line: number; head: SignedHead }[] = [];
    for (const [index, text] of lines.entries()) {
      const head = parsedHead(text);
      const last = heads.at(-1)?.head.sequence ?? 0;
      const fault = faultOf(head, key, last);
      if (head !== undefined && fault === undefined) heads.push({ line: index + 1, head });
      else this.#problem('badHead', { line: index + 1, head }, fault ?? 'is no head');
    }
    return heads;
  }

  #problem(
    kind: ProblemKind,
    { line, head }: { line: number; head: SignedHead | undefined },
    why: string,
  ): void {
    const sequence = head === undefined ? {} : { sequence: head.sequence };
    const message = `Signed head in line ${line} of the heads file: ${why}.`;
    this.#report({ kind, file: this.#file, line, ...sequence, message });
  }
}

function faultOf(head: SignedHead | undefined, key: KeyObject | undefined, last: number): string | undefined {
  if (head === undefined) return 'is no head';
  const fault = signatureFault(head, key);
  if (fault !== undefined) return fault;
  return head.sequence > last ? undefined : 'is older than the head before it';
}

function parsedHead(text: string): SignedHead | undefined {
  const value = readJson(text);
  if (!isJsonObject(value)) return undefined;
  const { version, sequence, hash, time, key, signature } = value;
  if (version !== 1 || typeof sequence !== 'number' || typeof hash !== 'string') return undefined;
  if (typeof time !== 'string' || typeof key !== 'string' || typeof signature !== 'string') return undefined;
  return { version, sequence, hash, time, key, signature };
}
