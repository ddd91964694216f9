import type { BigQuery, Dataset, JobMetadata } from '@google-cloud/bigquery';
import { GuardError } from '../../errors.ts';
import { keyPads, padsTable, type MaskKeys } from '../../middleware/masking/index.ts';

export interface KeyInstallation {
  /** In the project of the client. */
  readonly dataset: string;
  readonly keys: MaskKeys;
  /** The account under which the guard asks BigQuery: nobody else gets access. */
  readonly account: string;
  /** Where the tables are that will be masked: queries cannot read from two locations. */
  readonly location?: string | undefined;
}

export interface InstalledKeys {
  readonly table: string;
  /** Names and versions of the keys that lie there now, and for what. */
  readonly ids: readonly string[];
  readonly created: boolean;
}

/**
 * Puts into BigQuery what it needs to compute masks under the keys, in place of what lay there. It goes by a load job,
 * whose record holds no rows.
 * @throws {GuardError} ERR_CONFIG when others than the account have access to the dataset.
 */
export async function installKeys(bigquery: BigQuery, installation: KeyInstallation): Promise<InstalledKeys> {
  const dataset = bigquery.dataset(installation.dataset);
  const [exists] = await dataset.exists();
  if (exists) await refuseOthers(dataset, installation.account);
  else await createClosed(bigquery, installation);
  const pads = keyPads(installation.keys);
  const lines = pads.map(({ id: name, inner, outer }) =>
    JSON.stringify({ id: name, inner_pad: inner.toString('base64'), outer_pad: outer.toString('base64') }),
  );
  await load(dataset, `${lines.join('\n')}\n`);
  return {
    table: `${installation.dataset}.${tableId}`,
    ids: pads.map(({ id: name }) => name),
    created: !exists,
  };
}

const { name: tableId } = padsTable({ project: '', dataset: '' });

interface AccessEntry {
  readonly role?: string;
  readonly userByEmail?: string;
  readonly [kind: string]: unknown;
}

async function createClosed(
  bigquery: BigQuery,
  { dataset, account, location }: KeyInstallation,
): Promise<void> {
  await bigquery.createDataset(dataset, {
    access: [{ role: 'OWNER', userByEmail: account }],
    description: 'Keys of masks. Only the account of bigquery-guard may read it.',
    ...(location !== undefined && { location }),
  });
}

/** Whoever reads the paddings knows the keys. */
async function refuseOthers(dataset: Dataset, account: string): Promise<void> {
  const [metadata] = await dataset.getMetadata();
  const access: readonly AccessEntry[] = metadata.access ?? [];
  const others = access.filter(({ userByEmail }) => userByEmail?.toLowerCase() !== account.toLowerCase());
  if (others.length === 0) return;
  throw new GuardError(
    'ERR_CONFIG',
    `The dataset ${dataset.id} is open to others than ${account}: ${others.map(entryText).join(', ')}. Take their access away, or name a dataset of its own as keyDataset.`,
  );
}

function entryText({ role, ...rest }: AccessEntry): string {
  return `${role ?? 'access'} for ${JSON.stringify(rest)}`;
}

const schema = {
  fields: [
    { name: 'id', type: 'STRING', mode: 'REQUIRED' },
    { name: 'inner_pad', type: 'BYTES', mode: 'REQUIRED' },
    { name: 'outer_pad', type: 'BYTES', mode: 'REQUIRED' },
  ],
};

/** `WRITE_TRUNCATE` puts the new rows in the place of the old ones at one moment. */
function load(dataset: Dataset, lines: string): Promise<void> {
  const stream = dataset.table(tableId).createWriteStream({
    sourceFormat: 'NEWLINE_DELIMITED_JSON',
    writeDisposition: 'WRITE_TRUNCATE',
    createDisposition: 'CREATE_IF_NEEDED',
    schema,
  });
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('complete', (job: { readonly metadata?: JobMetadata }) => {
      const failure = job.metadata?.status?.errorResult;
      if (failure === undefined) resolve();
      else
        reject(new GuardError('ERR_CONFIG', `The keys could not be loaded: ${failure.reason ?? 'unknown'}.`));
    });
    stream.end(lines);
  });
}
