import { endOf, readLine, type LinkedLine } from '../file/read-line.ts';
import { genesis, type ChainEnd } from '../seal.ts';
import type { Problem, ProblemKind } from './report.ts';

/** Walks one chain line by line; what it has to keep does not grow with the file. */
export class ChainCheck {
  readonly #file: string;
  readonly #report: (problem: Problem) => void;
  readonly #gaps: { readonly from: number; readonly to: number }[] = [];
  #end: ChainEnd = genesis;
  #line = 0;
  #time = '';
  events: number = 0;
  clockSteps: number = 0;

  constructor(file: string, report: (problem: Problem) => void) {
    this.#file = file;
    this.#report = report;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** Takes the next line, which must be an event in its place. */
  next(text: string | undefined): void {
    this.#line += 1;
    const event = text === undefined ? undefined : readLine(text);
    if (event === undefined) return this.#problem('altered', undefined, 'is no audit event');
    this.events += 1;
    if (!event.intact) return this.#passOver(event);
    if (event.time < this.#time) this.clockSteps += 1;
    this.#time = event.time;
    if (event.sequence <= this.#end.sequence) return this.#checkLate(event);
    this.#checkNext(event);
    this.#end = endOf(event);
  }

  /** The file ends in the middle of a line. */
  cutOff(): void {
    this.#line += 1;
    this.#problem('truncated', undefined, 'is cut off');
  }

  /** Nothing such a line says can be trusted, so it counts as the event that was due. */
  #passOver({ sequence, hash }: LinkedLine): void {
    this.#problem('altered', sequence, 'is not what its hash was made of');
    this.#end = { sequence: this.#end.sequence + 1, hash };
  }

  #checkNext({ sequence, previousHash }: LinkedLine): void {
    const due = this.#end.sequence + 1;
    if (sequence > due) {
      this.#problem('missing', sequence, `comes where event ${due} was due`);
      if (this.#gaps.length < mostGaps) this.#gaps.push({ from: due, to: sequence });
    } else if (previousHash !== this.#end.hash) {
      this.#problem('relinked', sequence, 'does not belong to the event before it');
    }
  }

  #checkLate({ sequence }: LinkedLine): void {
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
