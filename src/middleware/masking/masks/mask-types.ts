import type { MaskChoice, MaskName } from '../../policy/mask-choice.ts';
import { allTypes, type ScalarType } from './mask.ts';

const texts: readonly ScalarType[] = ['STRING', 'BYTES'];
const dates: readonly ScalarType[] = ['DATE', 'DATETIME', 'TIMESTAMP'];

const types: Readonly<Record<MaskName, readonly ScalarType[]>> = {
  suppressRecord: allTypes,
  nullify: allTypes,
  defaultValue: allTypes.filter((type) => type !== 'INTERVAL' && type !== 'RANGE'),
  redact: texts,
  replace: ['STRING'],
  randomHash: texts,
  cryptoHash: texts,
  cryptoDeterministic: texts,
  formatPreserving: ['STRING'],
  sha256: texts,
  dateShift: dates,
  dateYear: dates,
  timePart: dates,
  bucket: ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
  emailMask: ['STRING'],
  firstFour: ['STRING'],
  lastFour: ['STRING'],
  characterMask: ['STRING'],
  routine: allTypes,
};

/** The types of columns that a mask fits. */
export function typesOf(choice: MaskChoice): readonly ScalarType[] {
  if (choice.with === 'timePart' && choice.part === 'HOUR') return ['DATETIME', 'TIMESTAMP'];
  if (choice.with === 'cryptoDeterministic' && choice.surrogate !== undefined) return ['STRING'];
  return types[choice.with];
}
