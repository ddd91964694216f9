import { BigQuery } from '@google-cloud/bigquery';
import { loadConfig } from '../../config/load-config.ts';
import { maskKeys } from '../../config/mask-keys.ts';
import { GuardError } from '../../errors.ts';
import { keyDatasetOf } from '../../middleware/policy/applied-mask.ts';
import { installKeys } from '../keys/install-keys.ts';

export interface KeysInstallOptions {
  readonly config: string;
  readonly account?: string;
  readonly location?: string;
  readonly endpoint?: string;
}

/** Puts the keys of a policy file where BigQuery can compute with them, or others in the place of those that lie there. */
export async function keysInstall({
  config,
  account,
  location,
  endpoint,
}: KeysInstallOptions): Promise<number> {
  const { file } = await loadConfig(config);
  if (file.keyDataset === undefined)
    throw new GuardError('ERR_CONFIG', `${config} names no keyDataset. Add it: keyDataset: guard_keys.`);
  if (Object.keys(file.keys).length === 0)
    throw new GuardError('ERR_CONFIG', `${config} names no keys, so there is nothing to install.`);
  const { project, dataset } = keyDatasetOf(file.keyDataset, file.project);
  const bigquery = new BigQuery({
    projectId: project,
    ...(endpoint !== undefined && { apiEndpoint: endpoint }),
  });
  const { table, ids, created } = await installKeys(bigquery, {
    dataset,
    keys: await maskKeys(file.keys, { environment: process.env }),
    account: account ?? (await accountOf(bigquery)),
    location,
  });
  console.log(`${created ? 'created' : 'replaced'} ${project}.${table}: ${ids.join(', ')}`);
  return 0;
}

async function accountOf(bigquery: BigQuery): Promise<string> {
  const { client_email: email } = await bigquery.authClient.getCredentials();
  if (email !== undefined && email !== '') return email;
  throw new GuardError(
    'ERR_CONFIG',
    'The credentials do not tell their account. Name the account of the guard with --account.',
  );
}
