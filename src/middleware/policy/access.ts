import type { OperationClass } from '../../call/operations.ts';
import { isInformationSchema } from '../../sql/information-schema-views.ts';

/** What is touched; `table` may be a wildcard (`events_*`), models and routines count as tables. */
export type AccessObject =
  | { readonly kind: 'none' }
  | { readonly kind: 'project'; readonly project: string }
  /** Tokens of a mask, and of every other under the same key. */
  | { readonly kind: 'tokens'; readonly mask: string }
  /** The list of datasets in a project. */
  | { readonly kind: 'datasets'; readonly project: string }
  | { readonly kind: 'dataset'; readonly project: string; readonly dataset: string }
  | { readonly kind: 'table'; readonly project: string; readonly dataset: string; readonly table: string };

/** One thing that a call does to one object. A call is allowed only when every pair of it is. */
export interface AccessPair {
  readonly operation: OperationClass;
  /** The REST method, so that a rule can name `tables.get` alone. */
  readonly method: string;
  readonly object: AccessObject;
}

export function tablePair(
  operation: OperationClass,
  method: string,
  name: { readonly project: string; readonly dataset: string; readonly name: string },
): AccessPair {
  return {
    // What tells of other tables is not read by its name.
    operation: isInformationSchema(name) ? 'unknown' : operation,
    method,
    object: { kind: 'table', project: name.project, dataset: name.dataset, table: name.name },
  };
}
