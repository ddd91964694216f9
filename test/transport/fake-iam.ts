import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

export interface FakeIam {
  readonly url: string;
  /** Every request: for which account, with which credentials and which body. */
  readonly requests: { readonly path: string; readonly authorization: string; readonly body: unknown }[];
  /** What it answers in place of a token. */
  failing: { readonly status: number; readonly message: string } | undefined;
  /** For how many seconds tokens are good. */
  lifetime: number;
  close(): Promise<void>;
}

/** The method `generateAccessToken` of the IAM Service Account Credentials API, over HTTP. Tokens are `<account>#<how many>`. */
export async function startFakeIam(): Promise<FakeIam> {
  const server = createServer((request, response) => {
    void json(request).then((body: unknown) => {
      const path = request.url ?? '';
      fake.requests.push({ path, authorization: request.headers.authorization ?? '', body });
      const account = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/.exec(path)?.[1];
      const { failing } = fake;
      const answer =
        failing === undefined
          ? tokenOf(account ?? '', fake)
          : { error: { ...failing, code: failing.status } };
      response.writeHead(failing?.status ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const fake: FakeIam = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    failing: undefined,
    lifetime: 3600,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

function tokenOf(account: string, { requests, lifetime }: FakeIam): object {
  return {
    accessToken: `${decodeURIComponent(account)}#${requests.length}`,
    expireTime: new Date(Date.now() + lifetime * 1000).toISOString(),
  };
}
