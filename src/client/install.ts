import { GuardError } from '../errors.ts';
import { equipMethods, equipStreams } from './equip.ts';
import { engineOf, isGuard } from './guard.ts';
import { guardedRequest, guardOf } from './make-authenticated-request.ts';
import { targetOf } from './project.ts';
import type { Retries } from '../transport/attempts.ts';
import type { MakeAuthenticatedRequest } from './connection.ts';
import type { Guard } from './guard.ts';
import type { OfficialModule } from './official.ts';
import type { Addressed } from './project.ts';

/** An official client, of whichever version. */
export interface GuardableClient extends Addressed {
  makeAuthenticatedRequest: MakeAuthenticatedRequest;
}

/** Puts a guard before everything that a client sends. Doing it twice is doing it once. */
export function install(
  client: GuardableClient,
  guard: Guard,
  module: OfficialModule,
  retries?: Retries,
): void {
  const inner = client.makeAuthenticatedRequest;
  const present = guardOf(inner);
  if (present === guard) return;
  if (present !== undefined) throw alreadyGuarded();
  client.makeAuthenticatedRequest = guardedRequest(inner, guard, {
    engine: engineOf(guard),
    module,
    inner,
    retries,
    target: () => targetOf(client, inner),
  });
}

function alreadyGuarded(): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'This client has another guard already. Give both lists of middleware to one createGuard().',
  );
}

/** Puts a guard before a client that exists already, and before everything that was made with it. */
export function guardClient<Client extends GuardableClient>(
  client: Client,
  guard: Guard,
  module: OfficialModule,
): Client {
  if (!isGuard(guard)) throw notGuardable('guard() needs a guard, as createGuard() makes them.');
  if (typeof client?.makeAuthenticatedRequest !== 'function' || typeof client.baseUrl !== 'string') {
    throw notGuardable('guard() needs a client of @google-cloud/bigquery.');
  }
  const isNew = guardOf(client.makeAuthenticatedRequest) === undefined;
  install(client, guard, module);
  if (isNew) {
    equipMethods(client);
    equipStreams(client);
  }
  return client;
}

function notGuardable(message: string): GuardError {
  return new GuardError('ERR_CONFIG', message);
}
