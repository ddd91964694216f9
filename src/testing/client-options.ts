import type { BigQueryOptions } from '@google-cloud/bigquery';

/** What `new BigQuery(…)` needs to talk to a server on this machine, without a Google account. */
export type ClientOptions = Pick<BigQueryOptions, 'projectId' | 'apiEndpoint' | 'authClient'>;

/** A local server asks for no credentials, but the client looks for some and would search the network. */
export async function clientOptions(project: string, url: string): Promise<ClientOptions> {
  const { OAuth2Client } = await import('google-auth-library');
  const authClient = new OAuth2Client({ credentials: { access_token: 'local' } });
  return { projectId: project, apiEndpoint: url, authClient };
}
