import { placeOf, type Placed } from '../file/line-place.ts';
import { MerkleTree } from '../file/merkle-tree.ts';
import { genesis, type ChainEnd } from '../seal.ts';
import type { Problem, ProblemKind } from './report.ts';

/** Where each event that was read is told. */
export type Passed = (end: ChainEnd) => void;

/** Walks one chain line by line, file after file; what it has to keep does not grow with them. */
export class ChainCheck {
  readonly #report: (problem: Problem) => void;
  readonly #passed: Passed;
  readonly #gaps: { readonly from: number; readonly to: number }[] = [];
  #file = '';
  #end: ChainEnd = genesis;
  #line = 0;
  #time = '';
  /** Of the present file. */
  tree: MerkleTree = new MerkleTree();
  events: number = 0;
  clockSteps: number = 0;

  constructor(report: (problem: Problem) => void, passed: Passed) {
    this.#report = report;
    this.#passed = passed;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** What follows is in this file. */
  begin(file: string): void {
    this.#file = file;
    this.#line = 0;
    this.events = 0;
    this.tree = new MerkleTree();
  }

  /** Takes the next whole lines, each of which must be an event in its place. */
  lines(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    for (let start = 0; start < text.length;) {
      const stop = text.indexOf('\n', start);
      this.#next(bytes, text, start, stop);
      start = stop + 1;
    }
  }

  /** A line that is longer than any event. */
  tooLong(): void {
    this.#line += 1;
    this.#problem('altered', undefined, 'is no audit event');
  }

  /** The file ends in the middle of a line. */
  cutOff(): void {
    this.#line += 1;
    this.#problem('truncated', undefined, 'is cut off');
  }

  #next(bytes: Buffer, text: string, start: number, stop: number): void {
    this.#line += 1;
    const event = placeOf(bytes, text, start, stop);
    if (event?.intact === true) this.#take(event);
    else this.#passOver(event);
  }

  #take(event: Placed): void {
    this.events += 1;
    this.tree.add(event.hash);
    if (event.time < this.#time) this.clockSteps += 1;
    this.#time = event.time;
    if (event.sequence <= this.#end.sequence) return this.#checkLate(event);
    this.#checkNext(event);
    this.#end = event;
    this.#passed(event);
  }

  /** Nothing such a line says can be trusted, so an event counts as the one that was due. */
  #passOver(event: Placed | undefined): void {
    this.tree.add(event?.hash ?? genesis.hash);
    if (event === undefined) return this.#problem('altered', undefined, 'is no audit event');
    this.events += 1;
    this.#problem('altered', event.sequence, 'is not what its hash was made of');
    this.#end = { sequence: this.#end.sequence + 1, hash: event.hash };
    this.#passed(this.#end);
  }

  #checkNext({ sequence, previousHash }: Placed): void {
    const due = this.#end.sequence + 1;
    if (sequence > due) {
      this.#problem('missing', sequence, `comes where event ${due} was due`);
      if (this.#gaps.length < mostGaps) this.#gaps.push({ from: due, to: sequence });
    } else if (previousHash !== this.#end.hash) {
      this.#problem('relinked', sequence, 'does not belong to the event before it');
    }
  }

  #checkLate({ sequence }: Placed): void {
    const wasMissing = this.#gaps.some(({ from, to }) => from <= sequence && sequence < to);
    if (wasMissing) this.#problem('reordered', sequence, 'comes too late');
    else this.#problem('duplicate', sequence, 'was there before');
  }

  #problem(kind: ProblemKind, sequence: number | undefined, deed: string): void {
    const which = sequence === undefined ? `Line ${this.#line}` : `Event ${sequence} in line ${this.#line}`;
    const place = { file: this.#file, line: this.#line, ...(sequence === undefined ? {} : { sequence }) };
    this.#report({ kind, ...place, message: `${which} ${deed}.` });
  }
}

const mostGaps = 1000;
