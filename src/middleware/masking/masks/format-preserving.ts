import { FF1 } from '@noble/ciphers/ff1.js';
import type { KeyObject } from 'node:crypto';
import type { AlphabetName, MaskChoice } from '../../policy/mask-choice.ts';
import { derivedKey } from '../keys/mask-keys.ts';
import type { Mask } from './mask.ts';

const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Those of Sensitive Data Protection. */
export const alphabets: Readonly<Record<AlphabetName, string>> = {
  numeric: digits,
  hexadecimal: `${digits}ABCDEF`,
  upperCaseAlphaNumeric: `${digits}${upper}`,
  alphaNumeric: `${digits}${upper}${upper.toLowerCase()}`,
};

/** NIST SP 800-38G Rev. 1, section 5.1: fewer values than that can be found by trying. */
const smallestDomain = 1_000_000;

/** The work grows with the square of the length. */
const longest = 256;

type Choice = Extract<MaskChoice, { readonly with: 'formatPreserving' }>;

/**
 * FF1: another text of the same length over the same alphabet. What is too short, too long, or holds any other
 * character becomes NULL. There is no SQL for it.
 */
export function formatPreserving(choice: Choice, key: () => KeyObject): Mask {
  return {
    empties: false,
    replacesNull: false,
    expression: (_value, type) => `CAST(NULL AS ${type})`,
    cell: (value) => transform(choice, key(), value, 'encrypt') ?? null,
    releases: (cell) => numeralsOf(choice, cell) !== undefined,
  };
}

/** The value behind a token; `undefined` for what can be none. Another key gives another value, never an error. */
export function formatPreservingOriginal(choice: Choice, key: KeyObject, token: string): string | undefined {
  return transform(choice, key, token, 'decrypt');
}

function transform(
  choice: Choice,
  key: KeyObject,
  text: string,
  way: 'encrypt' | 'decrypt',
): string | undefined {
  const numerals = numeralsOf(choice, text);
  if (numerals === undefined) return undefined;
  const alphabet = alphabets[choice.alphabet];
  const changed = ff1(alphabet.length, derivedKey(key, 'formatPreserving').export())[way](numerals);
  let at = 0;
  const { skip = '' } = choice;
  return Array.from(text, (character) =>
    skip.includes(character) ? character : alphabet[changed[at++] ?? -1],
  ).join('');
}

export function ff1(radix: number, key: Uint8Array, tweak?: Uint8Array): Ff1 {
  return { ...FF1(radix, key, tweak) };
}

interface Ff1 {
  encrypt(numerals: number[]): number[];
  decrypt(numerals: number[]): number[];
}

function numeralsOf({ alphabet: name, skip = '' }: Choice, text: string): number[] | undefined {
  if (text.length > longest) return undefined;
  const alphabet = alphabets[name];
  const numerals = Array.from(text)
    .filter((character) => !skip.includes(character))
    .map((character) => alphabet.indexOf(character));
  return numerals.includes(-1) || numerals.length < leastLength(alphabet.length) ? undefined : numerals;
}

/** How many characters it takes for a million values. */
export function leastLength(radix: number): number {
  let length = 0;
  for (let domain = 1; domain < smallestDomain; domain *= radix) length += 1;
  return length;
}
