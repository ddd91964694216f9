import { wrapInherited } from './hidden.ts';

/** Options of a query that jobs.query does not have, and that the official client drops when it takes that way. */
const dropped = ['jobPrefix', 'scriptOptions', 'userDefinedFunctionResources', 'allowLargeResults'];

/** Sends queries with such options by jobs.insert, which has them all. */
export function keepQueryOptions(target: object): void {
  wrapInherited(target, 'buildQueryRequest_', (build, [query]) =>
    hasDroppedOption(query) ? undefined : build(),
  );
}

function hasDroppedOption(query: unknown): boolean {
  return (
    typeof query === 'object' &&
    query !== null &&
    dropped.some((name) => Reflect.get(query, name) !== undefined)
  );
}
