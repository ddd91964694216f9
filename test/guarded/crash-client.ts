// Started by crash.test.ts and killed by it while BigQuery has its query: runs one statement.
import { OAuth2Client } from 'google-auth-library';
import { BigQuery } from '../../src/index.ts';

const [, , config = '', apiEndpoint = '', sql = ''] = process.argv;
const authClient = new OAuth2Client({ credentials: { access_token: 'test' } });
const bigquery = new BigQuery({ projectId: 'acme', apiEndpoint, authClient, guard: { config } });
await bigquery.query(sql);
