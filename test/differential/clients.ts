import { createRequire } from 'node:module';
import type { BigQuery } from '@google-cloud/bigquery';
import { guardedClass } from '../../src/client/guarded-class.ts';
import { guardClient } from '../../src/client/install.ts';
import type { Guard } from '../../src/client/guard.ts';
import type { GuardedClass } from '../../src/client/guarded-class.ts';
import type { OfficialModule } from '../../src/client/official.ts';

/** One supported version of the official client, with the class that guards it. */
export interface ClientVersion {
  readonly version: string;
  readonly module: OfficialModule;
  readonly BigQuery: GuardedClass;
  plain(url: string, options?: object): BigQuery;
  guarded(url: string, guard: Guard, options?: object): BigQuery;
  /** A plain client that was guarded after it was made. */
  guardedLater(url: string, guard: Guard): BigQuery;
}

const here = createRequire(import.meta.url);

/** `require` from inside a package, for the dependencies that it does not share. */
export function clientVersion(name: string): ClientVersion {
  const module: OfficialModule = here(name);
  const inside = createRequire(here.resolve(name));
  const { OAuth2Client }: { readonly OAuth2Client: new (options: object) => object } =
    inside('google-auth-library');
  const { version }: { readonly version: string } = here(`${name}/package.json`);
  const optionsFor = (url: string): object => ({
    projectId: 'p',
    apiEndpoint: url,
    // Tokens are asked of nobody: this one is good for an hour.
    authClient: new OAuth2Client({
      credentials: { access_token: 'secret-token', expiry_date: Date.now() + 3_600_000 },
    }),
  });
  const Guarded = guardedClass(module);
  const plain: ClientVersion['plain'] = (url, options = {}) =>
    new module.BigQuery({ ...optionsFor(url), ...options });
  return {
    version,
    module,
    BigQuery: Guarded,
    plain,
    guarded: (url, guard, options = {}) => new Guarded({ ...optionsFor(url), ...options, guard }),
    guardedLater: (url, guard) => guardClient(plain(url), guard, module),
  };
}

export const versions: readonly ClientVersion[] = ['@google-cloud/bigquery', 'bigquery-8'].map(clientVersion);
