import type { ClientTarget } from '../call/normalise.ts';
import type { MakeAuthenticatedRequest } from './connection.ts';

/** The parts of an official client that say where it sends. */
export interface Addressed {
  readonly baseUrl: string;
  readonly apiEndpoint: string;
  readonly projectId: string;
}

const placeholder = '{{projectId}}';

/** Where a client sends now; a promise only while its project has to be found out. */
export function targetOf(
  { baseUrl, apiEndpoint, projectId }: Addressed,
  { authClient }: Pick<MakeAuthenticatedRequest, 'authClient'>,
): ClientTarget | Promise<ClientTarget> {
  if (projectId !== placeholder) return { baseUrl, apiEndpoint, projectId };
  return authClient.getProjectId().then((found) => ({ baseUrl, apiEndpoint, projectId: found }));
}
