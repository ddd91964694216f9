import type { PrincipalSelector } from '../policy/document.ts';

export const detectorNames = ['card', 'iban', 'email', 'phone', 'ip', 'ssn', 'secret'] as const;

export type DetectorName = (typeof detectorNames)[number];

export const detectorActions = ['redact', 'replaceWithInfoType', 'deny'] as const;

/** What happens to what is found: it is deleted, its kind stands in its place, or the answer is refused. */
export type DetectorAction = (typeof detectorActions)[number];

/**
 * Texts in answers are searched for what should not be there: a net beneath masks, and no protection by itself.
 * Selectors are those of rules.
 */
export interface DetectorRule {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  /** Only answers that read from one of these; answers of which that is not known are searched too. */
  readonly datasets?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly find?: readonly DetectorName[] | undefined;
  /** Further kinds by their names, as patterns in the syntax of RE2. */
  readonly patterns?: Readonly<Record<string, string>> | undefined;
  readonly action: DetectorAction;
}
