/** Masks without settings. */
export const plainMaskNames = [
  'nullify',
  'defaultValue',
  'sha256',
  'randomHash',
  'firstFour',
  'lastFour',
  'emailMask',
  'dateYear',
  'redact',
  'suppressRecord',
] as const;

export type PlainMaskName = (typeof plainMaskNames)[number];

/**
 * Masks that other engines may ask for: those with settings are the policy file's alone, and so are masks of rows, for
 * which hidden tables are closed beforehand.
 */
export const engineMaskNames: readonly Exclude<PlainMaskName, 'randomHash'>[] = plainMaskNames.filter(
  (name) => name !== 'randomHash',
);

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
  | { readonly with: 'cryptoHash'; readonly key: string };

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
  'sha256',
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
  'sha256',
  'emailMask',
  'lastFour',
  'firstFour',
  'characterMask',
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
 * Masks that no SQL can compute without showing its key or salt to whoever may see jobs: they are put on the rows of
 * the answer, and only where the query does nothing with the column but hand it on.
 */
export function isResultSide({ with: name }: Pick<MaskChoice, 'with'>): boolean {
  return name === 'cryptoHash' || name === 'randomHash';
}
