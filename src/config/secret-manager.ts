import type { GoogleAuth } from 'google-auth-library';

/** Reads a version of a secret, `projects/…/secrets/…/versions/…`, as text. */
export type ReadSecret = (name: string) => Promise<string>;

export interface SecretManagerOptions {
  readonly url?: string;
  readonly auth?: Pick<GoogleAuth, 'request'>;
}

/**
 * Reads secrets through the REST interface of Secret Manager
 * (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access).
 */
export function secretManager({
  url = 'https://secretmanager.googleapis.com',
  auth,
}: SecretManagerOptions = {}): ReadSecret {
  return async (name) => {
    const client = auth ?? (await defaultAuth());
    const path = name.split('/').map(encodeURIComponent).join('/');
    const { data } = await client.request<SecretVersion>({
      url: `${url}/v1/${path}:access`,
      timeout: 30_000,
    });
    const payload = data.payload?.data;
    if (typeof payload !== 'string') throw new TypeError('The secret holds nothing.');
    return Buffer.from(payload, 'base64').toString('utf8');
  };
}

interface SecretVersion {
  readonly payload?: { readonly data?: unknown };
}

async function defaultAuth(): Promise<Pick<GoogleAuth, 'request'>> {
  const { GoogleAuth } = await import('google-auth-library');
  return new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
}
