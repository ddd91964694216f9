import { alphabets } from '../masking/masks/index.ts';
import type { MaskRule } from './document.ts';
import type { AppliedMask } from './mask-choice.ts';
import type { ReportFault } from './policy-fault.ts';

interface Place {
  readonly path: readonly PropertyKey[];
  readonly report: ReportFault;
}

/** A mask that would hide nothing, or could be put nowhere, keeps the policy from being loaded. */
export function reportUnusable(applied: AppliedMask, mask: MaskRule, { path, report }: Place): void {
  const fault = faultOf(applied, mask);
  if (fault === undefined) return;
  report({ path: [...path, fault.at], message: `Mask ${mask.name}: ${fault.message}` });
}

interface Fault {
  readonly at: string;
  readonly message: string;
}

function faultOf(applied: AppliedMask, { acceptGuessable }: MaskRule): Fault | undefined {
  if (applied.with === 'sha256' && acceptGuessable !== true)
    return {
      at: 'with',
      message:
        'sha256 without a key can be undone by hashing guesses. Use nullify, or say acceptGuessable: true.',
    };
  if (applied.with === 'dateShift') return faultOfShift(applied);
  if (applied.with === 'formatPreserving' && overlaps(applied.skip, alphabets[applied.alphabet]))
    return { at: 'skip', message: `skip names characters of the alphabet ${applied.alphabet}.` };
  return undefined;
}

function faultOfShift({
  lowerBoundDays,
  upperBoundDays,
  keyAtSource,
}: Extract<AppliedMask, { readonly with: 'dateShift' }>): Fault | undefined {
  if (lowerBoundDays > upperBoundDays)
    return { at: 'lowerBoundDays', message: 'lowerBoundDays is above upperBoundDays.' };
  if (keyAtSource !== undefined) return undefined;
  return {
    at: 'with',
    message:
      'dateShift has to be computed where the table is read, and BigQuery has no key for it. Name a keyDataset and run bigquery-guard keys install, or use nullify.',
  };
}

const overlaps = (skip = '', alphabet: string): boolean =>
  Array.from(skip).some((character) => alphabet.includes(character));
