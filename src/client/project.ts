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
  const address = { baseUrl: trimmed(baseUrl), apiEndpoint: trimmed(apiEndpoint) };
  if (projectId !== placeholder) return { ...address, projectId };
  return authClient.getProjectId().then((found) => ({ ...address, projectId: found }));
}

/** The official client takes off the slashes at the end of an emulator's address only when it joins the path. */
function trimmed(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}
