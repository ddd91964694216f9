import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '../call/context.ts';
import { fromHttpRequest } from '../call/normalise.ts';
import { restCatalog, type RestAnswer } from '../sql/catalog-rest.ts';
import type { Catalog } from '../sql/catalog.ts';

/**
 * What BigQuery says of tables and routines, kept for all calls of a guard; what is not known yet is asked on
 * behalf of the call that needs it, so that it stands in that call's record.
 */
export function catalogOf(): (context: Context) => Catalog {
  const asking = new AsyncLocalStorage<Context>();
  const rest = restCatalog((path) => ask(path, asking.getStore()));
  return (context) => ({
    table: (name, signal) => asking.run(context, () => rest.table(name, signal)),
    routine: (name, signal) => asking.run(context, () => rest.routine(name, signal)),
    forget: (name) => rest.forget?.(name),
  });
}

async function ask(path: string, context: Context | undefined): Promise<RestAnswer> {
  if (context === undefined) throw new TypeError('The catalog was asked outside of a call.');
  const call = fromHttpRequest({ method: 'GET', url: `/bigquery/v2/${path}` });
  try {
    return await context.upstream(call, 'guard');
  } catch (error) {
    if (isNotFound(error)) return { status: 404, body: undefined };
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 404;
}
