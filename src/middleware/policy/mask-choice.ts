import type { ObjectName } from '../../sql/catalog.ts';

/**
 * Masks without settings. Other engines may ask for these: the rest are the policy file's alone, and so are masks of rows,
 * for which hidden tables are closed beforehand.
 */
export const plainMaskNames = [
  'nullify',
  'defaultValue',
  'sha256',
  'firstFour',
  'lastFour',
  'emailMask',
  'dateYear',
  'redact',
  'suppressRecord',
] as const;

export type PlainMaskName = (typeof plainMaskNames)[number];

type PlainChoice = { readonly [Name in PlainMaskName]: { readonly with: Name } }[PlainMaskName];

/** A mask with its settings, as a policy states it. What each gives is told in `docs/masking.md`. */
export type MaskChoice =
  | PlainChoice
  | { readonly with: 'replace'; readonly value: string }
  | {
      readonly with: 'characterMask';
      /** What stands in the place of a character; `*`. */
      readonly character?: string | undefined;
      /** How many characters are hidden; all where absent. */
      readonly count?: number | undefined;
      /** Hides from the end. */
      readonly reverse?: boolean | undefined;
      /** Characters that are neither hidden nor counted, such as `-`. */
      readonly skip?: string | undefined;
    }
  | { readonly with: 'bucket'; readonly size: number }
  | { readonly with: 'timePart'; readonly part: TimePart }
  /** A function of BigQuery, `dataset.name` or `project.dataset.name`, of one argument. */
  | { readonly with: 'routine'; readonly routine: string }
  /** HMAC-SHA-256 under a key that the guard knows by this name. */
  | { readonly with: 'cryptoHash'; readonly key: string }
  /** HMAC-SHA-256 that is another one in each query; without a key, under one that only this process knows. */
  | { readonly with: 'randomHash'; readonly key?: string | undefined }
  /** AES-SIV, which `detokenize` turns back. */
  | {
      readonly with: 'cryptoDeterministic';
      readonly key: string;
      /** Stands before a token, with its length: `MAIL(44):…`. */
      readonly surrogate?: string | undefined;
    }
  /** FF1, which `detokenize` turns back. */
  | {
      readonly with: 'formatPreserving';
      readonly key: string;
      readonly alphabet: AlphabetName;
      /** Characters that stay in their places, such as `-`. */
      readonly skip?: string | undefined;
    }
  /** Moves a date by days that are the same wherever `context` holds the same. */
  | {
      readonly with: 'dateShift';
      readonly key: string;
      /** The column of the same table that tells one person from another. */
      readonly context: string;
      readonly lowerBoundDays: number;
      readonly upperBoundDays: number;
    };

export const alphabetNames = ['numeric', 'hexadecimal', 'upperCaseAlphaNumeric', 'alphaNumeric'] as const;

export type AlphabetName = (typeof alphabetNames)[number];

/** What lets BigQuery itself compute a mask under a key, without the key in the text. */
export type KeyAtSource =
  /** A row of the dataset that every policy denies. */
  | { readonly kind: 'pads'; readonly table: ObjectName; readonly id: string }
  /** A keyset that only Cloud KMS can unwrap. */
  | { readonly kind: 'kms'; readonly resource: string; readonly keyset: string };

/** A mask as it is applied: where its key is found in BigQuery, if it is. */
export type AppliedMask = MaskChoice & { readonly keyAtSource?: KeyAtSource | undefined };

export type MaskName = MaskChoice['with'];

export type TimePart = 'YEAR' | 'MONTH' | 'DAY' | 'HOUR';

/** From the mask that releases least to the one that releases most. */
export const byStrictness: readonly MaskName[] = [
  'suppressRecord',
  'nullify',
  'defaultValue',
  'redact',
  'replace',
  'randomHash',
  'cryptoHash',
  'cryptoDeterministic',
  'formatPreserving',
  'sha256',
  'dateShift',
  'dateYear',
  'timePart',
  'bucket',
  'emailMask',
  'firstFour',
  'lastFour',
  'characterMask',
  'routine',
];

/** BigQuery's own order, in which the most useful mask wins; those that it does not know stand beside their like. */
export const byUse: readonly MaskName[] = [
  'routine',
  'randomHash',
  'cryptoHash',
  'cryptoDeterministic',
  'formatPreserving',
  'sha256',
  'emailMask',
  'lastFour',
  'firstFour',
  'characterMask',
  'dateShift',
  'dateYear',
  'timePart',
  'bucket',
  'replace',
  'redact',
  'defaultValue',
  'nullify',
  'suppressRecord',
];

/**
 * Masks that BigQuery cannot compute without being shown their key: they are put on the rows of the answer, and only
 * where the query does nothing with the column but hand it on.
 */
export function isResultSide(mask: Pick<AppliedMask, 'with' | 'keyAtSource'>): boolean {
  if (mask.with === 'formatPreserving') return true;
  return keyedMasks.has(mask.with) && mask.keyAtSource === undefined;
}

const keyedMasks: ReadonlySet<MaskName> = new Set([
  'cryptoHash',
  'randomHash',
  'cryptoDeterministic',
  'dateShift',
]);
