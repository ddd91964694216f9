import { refuse } from '../refusal.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';

const reading: ReadonlySet<string> = new Set(['SELECT', 'FROM', 'TABLE', '|>']);

/** In options and the like nothing may read data. */
export const mustBeConstant = (source: Source, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) {
    if (reading.has(keywordAt(source, index)) && keywordAt(source, index - 1) !== '.') {
      refuse('unsupported', 'A query at this place is not analysed.', tokenAt(source, index));
    }
    const { kind } = tokenAt(source, index);
    if (kind === 'parameter' || kind === 'systemVariable')
      refuse('unsupported', 'A parameter at this place is not analysed.', tokenAt(source, index));
  }
};
