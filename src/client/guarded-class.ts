import { equipMethods, equipStreams } from './equip.ts';
import { install } from './install.ts';
import { markGuarded } from './official.ts';
import { resolveGuard } from './resolve-guard.ts';
import { retriesOf } from './retries.ts';
import { forwardStatics } from './static-side.ts';
import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery';
import type { OfficialModule } from './official.ts';
import type { GuardOption } from './resolve-guard.ts';

/** The options of the official client, and the guard. */
export interface GuardedOptions extends BigQueryOptions {
  /** A guard, its parts, or where its configuration lies. Without it the environment decides. */
  readonly guard?: GuardOption | undefined;
}

/** The official class with one more option. */
export type GuardedClass = (new (options?: GuardedOptions) => BigQuery) & OfficialModule['BigQuery'];

/** Makes the class that stands in for the official one: the same in every respect, and guarded from the start. */
export function guardedClass(module: OfficialModule): GuardedClass {
  const Guarded = class BigQuery extends module.BigQuery {
    constructor(options: GuardedOptions = {}) {
      const { guard, ...own } = options;
      super(guard === undefined ? options : own);
      equipStreams(this);
      install(this, resolveGuard(guard, process.env), module, retriesOf(own));
    }
  };
  equipMethods(Guarded.prototype);
  markGuarded(Guarded);
  const BigQuery = forwardStatics(Guarded, module.BigQuery);
  Object.defineProperty(Guarded.prototype, 'constructor', { value: BigQuery });
  return BigQuery;
}
