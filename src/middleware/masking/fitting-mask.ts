import { GuardError } from '../../errors.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { AppliedMask } from '../policy/mask-choice.ts';
import { typesOf, type Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

export type MakeMask = (choice: AppliedMask) => Mask;

/** The policy has denied what does not fit; this is the net beneath it, for masks of other engines. */
export function fittingMask(choice: AppliedMask, column: Pick<CatalogColumn, 'type'>, make: MakeMask): Mask {
  if (typesOf(choice).includes(scalarType(column.type))) return make(choice);
  const message = `a mask does not fit the type of its column: ${choice.with}`;
  throw new GuardError('ERR_POLICY_DENIED', `The call was refused, since ${message}.`, {
    reasons: [{ rule: 'masking', message }],
  });
}
