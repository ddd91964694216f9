import type { Range } from '../ast/node.ts';
import type { Gap, GapCode } from '../gaps.ts';

/** Ends the reading of a text; `parse` turns it into its gap. Never leaves this room. */
export class Refusal extends Error {
  readonly gap: Gap;

  constructor(code: GapCode, message: string, range: Range) {
    super(message);
    this.gap = { code, message, range };
  }
}

export const refuse = (code: GapCode, message: string, range: Range): never => {
  throw new Refusal(code, message, range);
};
