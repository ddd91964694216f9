import { createServer, type Server } from 'node:http';
import { inspect } from 'node:util';
import { GoogleAuth, OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskKeys } from '../../src/config/mask-keys.ts';
import { secretManager } from '../../src/config/secret-manager.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const secrets: Readonly<Record<string, object>> = {
  '/v1/projects/acme/secrets/token-key/versions/3:access': {
    name: 'projects/1/secrets/token-key/versions/3',
    payload: { data: Buffer.from(`${key}\n`).toString('base64'), dataCrc32c: '1' },
  },
  '/v1/projects/acme/secrets/empty/versions/1:access': { name: 'x' },
  '/v1/projects/acme/secrets/no-key/versions/1:access': {
    payload: { data: Buffer.from('kanarienvogel!').toString('base64') },
  },
};

let server: Server;
let url: string;
const seen: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const found = secrets[request.url ?? ''];
    response.writeHead(found === undefined ? 403 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(found ?? { error: { code: 403, message: 'Permission denied on kanarienvogel' } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.close();
});

const read = (secret: string): ReturnType<typeof maskKeys> => {
  const authClient = new OAuth2Client({ credentials: { access_token: 'the-token' } });
  const readSecret = secretManager({ url, auth: new GoogleAuth({ authClient }) });
  return maskKeys({ tokens: [{ id: 3, secret }] }, { environment: {}, readSecret });
};

describe('a key in Secret Manager', () => {
  it('is read by its version, under the credentials of the process', async () => {
    const [version] = (await read('projects/acme/secrets/token-key/versions/3')).get('tokens') ?? [];
    expect([version?.id, version?.secret.export().toString('base64')]).toEqual([3, key]);
    expect(seen).toEqual(['GET /v1/projects/acme/secrets/token-key/versions/3:access Bearer the-token']);
  });

  it.each([
    ['cannot be read from Secret Manager', 'projects/acme/secrets/closed/versions/1'],
    ['cannot be read from Secret Manager', 'projects/acme/secrets/empty/versions/1'],
    ['is no base64', 'projects/acme/secrets/no-key/versions/1'],
  ])('that %s is an error that shows nothing of it', async (fault, secret) => {
    const failure: unknown = await read(secret).catch((error: unknown) => error);
    expect(String(failure)).toContain(`The key tokens under keys ${fault}.`);
    expect(inspect(failure, { depth: 9 })).not.toMatch(/kanarienvogel|the-token/);
  });
});
