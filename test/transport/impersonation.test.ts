import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { GoogleAuth, JWT, OAuth2Client } from 'google-auth-library';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isGuardError } from '../../src/errors.ts';
import { impersonation, sourceOf, type AccessTokens } from '../../src/transport/impersonation.ts';
import { startFakeIam, type FakeIam } from './fake-iam.ts';

const account = 'analysts@acme.iam.gserviceaccount.com';
let iam: FakeIam;

beforeEach(async () => {
  iam = await startFakeIam();
});

afterEach(() => iam.close());

function tokens(): AccessTokens {
  const authClient = new OAuth2Client({ credentials: { access_token: 'main-secret' } });
  return impersonation({ source: sourceOf(new GoogleAuth({ authClient })), url: iam.url });
}

async function refusal(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It was not refused.');
}

describe('access tokens of service accounts', () => {
  it('are asked for with the credentials of the guard, for BigQuery and an hour', async () => {
    expect(await tokens()(account)).toBe(`${account}#1`);
    expect(iam.requests).toEqual([
      {
        path: '/v1/projects/-/serviceAccounts/analysts%40acme.iam.gserviceaccount.com:generateAccessToken',
        authorization: 'Bearer main-secret',
        body: { scope: ['https://www.googleapis.com/auth/bigquery'], lifetime: '3600s' },
      },
    ]);
  });

  it('are kept for each account, and asked for once by many at the same time', async () => {
    const tokenOf = tokens();
    const many = await Promise.all(Array.from({ length: 50 }, () => tokenOf(account)));
    expect(new Set([...many, await tokenOf(account)])).toEqual(new Set([`${account}#1`]));
    expect(await tokenOf('other@acme.iam.gserviceaccount.com')).toBe('other@acme.iam.gserviceaccount.com#2');
    expect(iam.requests.length).toBe(2);
  });

  it('are asked for anew when less than five minutes are left', async () => {
    iam.lifetime = 299;
    const tokenOf = tokens();
    expect([await tokenOf(account), await tokenOf(account)]).toEqual([`${account}#1`, `${account}#2`]);
  });

  it('that cannot be had are a refusal, without secrets, and are asked for again', async () => {
    iam.failing = { status: 403, message: 'Permission denied for main-secret' };
    const tokenOf = tokens();
    const error = await refusal(tokenOf(account));
    expect(isGuardError(error) && [error.guardCode, error.retryable]).toEqual([
      'ERR_IDENTITY_UNAVAILABLE',
      false,
    ]);
    expect(error.message).toContain('the answer was 403');
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('main-secret');
    iam.failing = undefined;
    expect(await tokenOf(account)).toBe(`${account}#2`);
  });

  it.each([
    ['no token', { accessToken: '', expireTime: '2026-11-25T12:00:00Z' }],
    ['no time', { accessToken: 'x' }],
    ['another kind of answer', []],
  ])('are refused when the answer holds %s', async (_what, data) => {
    const source = async (): Promise<{ request: () => Promise<{ data: unknown }> }> => ({
      request: () => Promise.resolve({ data }),
    });
    expect(await refusal(impersonation({ source })(account))).toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      retryable: true,
    });
  });

  it('are asked for by a key that is meant for BigQuery only, under the scope that it takes', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const scopes = ['https://www.googleapis.com/auth/bigquery'];
    const authClient = new JWT({ email: 'guard@acme.iam.gserviceaccount.com', key, scopes });
    const source = await sourceOf(new GoogleAuth({ authClient }))();
    expect(source).toMatchObject({
      email: 'guard@acme.iam.gserviceaccount.com',
      scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    });
    expect(authClient.scopes).toEqual(scopes);
  });
});
