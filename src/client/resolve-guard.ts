import { GuardError } from '../errors.ts';
import { createGuard, engineOf, isGuard, lifetimeOf } from './guard.ts';
import { loadGuard } from './load-guard.ts';
import type { Guard, GuardEngine, GuardOptions } from './guard.ts';

/** Where a guard is described, when the program does not build it itself. */
export type GuardSource =
  | { readonly config: string }
  | { readonly remote: { readonly url: string; readonly token?: string | undefined } };

export type GuardOption = Guard | GuardOptions | GuardSource;

/** Nothing was configured: calls pass and are recorded. */
export interface Observe {
  readonly observe: true;
}

export type GuardLoader = (source: GuardSource | Observe) => Promise<Guard>;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the guard of a new client: the option, else the environment, else only watching – which
 * `BIGQUERY_GUARD_REQUIRED` forbids. A file in the working directory is never taken: an agent may have put it there.
 */
export function resolveGuard(
  option: GuardOption | undefined,
  environment: Environment,
  load: GuardLoader = loadGuard,
): Guard {
  if (isGuard(option)) return option;
  if (option !== undefined && 'middleware' in option) return createGuard(option);
  const source = option ?? sourceIn(environment);
  if (source === undefined && isRequired(environment)) throw missing();
  return shared(source ?? { observe: true }, load);
}

function sourceIn({
  BIGQUERY_GUARD_CONFIG: config,
  BIGQUERY_GUARD_URL: url,
  BIGQUERY_GUARD_TOKEN: token,
}: Environment): GuardSource | undefined {
  if (config && url) throw ambiguous();
  if (config) return { config };
  return url ? { remote: { url, token } } : undefined;
}

function isRequired({ BIGQUERY_GUARD_REQUIRED: required }: Environment): boolean {
  return required !== undefined && required !== '' && required !== '0' && required !== 'false';
}

/** By loader and source: the clients of a process write one record, not one each. */
const guards = new WeakMap<GuardLoader, Map<string, Guard>>();

function shared(source: GuardSource | Observe, load: GuardLoader): Guard {
  const known = guards.get(load) ?? new Map<string, Guard>();
  guards.set(load, known);
  const key = JSON.stringify(source);
  const present = known.get(key);
  if (present !== undefined) return present;
  const guard = lazyGuard(
    () => load(source),
    () => known.delete(key),
  );
  known.set(key, guard);
  return guard;
}

/** Loads the guard at the first call, so that the import stays light. A guard that cannot be loaded refuses. */
function lazyGuard(load: () => Promise<Guard>, onClose: () => void): Guard {
  let loading: Promise<Guard> | undefined;
  const engine: GuardEngine = {
    async handle(passage) {
      loading ??= load();
      return engineOf(await loading.catch(notLoaded)).handle(passage);
    },
  };
  return lifetimeOf(engine, async () => {
    onClose();
    const guard = await loading?.catch(() => undefined);
    await guard?.close();
  });
}

function notLoaded(cause: unknown): never {
  if (cause instanceof GuardError) throw cause;
  const message =
    'The guard of this client could not be loaded, so the call was refused and nothing was sent.';
  throw new GuardError('ERR_CONFIG', message, {
    reasons: [{ rule: 'guard', message: 'The configuration could not be loaded.' }],
    cause,
  });
}

function missing(): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'BIGQUERY_GUARD_REQUIRED is set and no guard is configured. Give the client a guard: the option `guard`, ' +
      'BIGQUERY_GUARD_CONFIG or BIGQUERY_GUARD_URL.',
  );
}

function ambiguous(): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'BIGQUERY_GUARD_CONFIG and BIGQUERY_GUARD_URL are both set. Keep the one that decides.',
  );
}
