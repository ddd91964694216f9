import { BigQuery, common } from '@google-cloud/bigquery';
import { GuardError } from '../errors.ts';

/** The parts of the official package that the guard builds on, so that any supported copy of it can be used. */
export interface OfficialModule {
  readonly BigQuery: typeof BigQuery;
  readonly common: typeof common;
}

const guarded: unique symbol = Symbol.for('bigquery-guard.class');

/** Marks a class as ours, so that another copy of this package does not take it for the original. */
export function markGuarded(value: object): void {
  Object.defineProperty(value, guarded, { value: true });
}

/**
 * Under an npm alias `@google-cloud/bigquery` may lead back here, when the package manager did not nest the
 * original. The class would then guard itself, or nothing.
 */
export function refuseItself(original: { readonly BigQuery: unknown }): void {
  const { BigQuery: found } = original;
  if (typeof found === 'function' && !(guarded in found)) return;
  throw new GuardError(
    'ERR_CONFIG',
    'The package @google-cloud/bigquery that bigquery-guard found is bigquery-guard itself. ' +
      'Let the package manager nest the original beneath it: see docs/install.md.',
  );
}

refuseItself({ BigQuery });

export const official: OfficialModule = { BigQuery, common };
