import { GuardError } from '../../errors.ts';

/** What is wrong with a policy document, and where. */
export interface PolicyFault {
  /** The way from the document to what is wrong: `['rules', 3, 'when']`. */
  readonly path: readonly PropertyKey[];
  /** Which character of the text there. */
  readonly at?: number | undefined;
  readonly message: string;
}

/** Hears of each fault. Where it does not throw, what is wrong is left out and the next fault is looked for. */
export type ReportFault = (fault: PolicyFault) => void;

/** Ends at the first fault. */
export const refuseFault: ReportFault = ({ message }) => {
  throw new GuardError('ERR_CONFIG', message);
};

/** The cause of an error about a text: which character of it is wrong. */
export class FaultPlace extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`character ${at + 1}`);
    this.name = 'FaultPlace';
    this.at = at;
  }
}
