import { isJsonObject } from '../call/json.ts';
import { GuardError } from '../errors.ts';

/** The credentials that may act for others, as `google-auth-library` has them. */
export interface SourceClient {
  readonly universeDomain?: string;
  request(request: TokenRequest): Promise<{ readonly data: unknown }>;
}

interface TokenRequest {
  readonly url: string;
  readonly method: 'POST';
  readonly data: { readonly scope: readonly string[]; readonly lifetime: string };
  readonly timeout: number;
  readonly retry: true;
  readonly retryConfig: { readonly retry: number; readonly httpMethodsToRetry: readonly string[] };
}

/** Gives an access token of a service account. It throws a refusal: nothing goes under another account instead. */
export type AccessTokens = (account: string) => Promise<string>;

export interface ImpersonationOptions {
  readonly source: () => Promise<SourceClient>;
  /** Of the IAM Service Account Credentials API; Google's own unless named. */
  readonly url?: string | undefined;
}

interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Tokens of service accounts by `generateAccessToken`, each kept until shortly before its end; who asks at the same time
 * shares one request. `Impersonated` of `google-auth-library` does the same, but sends one request for each who asks and
 * writes a warning to the console.
 */
export function impersonation(options: ImpersonationOptions): AccessTokens {
  const tokens = new Map<string, Token>();
  const asking = new Map<string, Promise<Token>>();
  return async (account) => {
    const known = tokens.get(account);
    if (known !== undefined && known.expiresAt - Date.now() > eagerly) return known.text;
    const asked = asking.get(account) ?? ask(account, options).finally(() => asking.delete(account));
    asking.set(account, asked);
    const token = await asked;
    tokens.set(account, token);
    return token.text;
  };
}

/** A token is fetched anew when it has so little time left, as `google-auth-library` does. */
const eagerly = 300_000;

const lifetime = '3600s';
const scope = ['https://www.googleapis.com/auth/bigquery'];

async function ask(account: string, options: ImpersonationOptions): Promise<Token> {
  const token = tokenIn(await answer(account, options));
  if (token === undefined) throw refused(account, undefined);
  return token;
}

async function answer(account: string, { source, url }: ImpersonationOptions): Promise<unknown> {
  try {
    const client = await source();
    const endpoint = url ?? `https://iamcredentials.${client.universeDomain ?? 'googleapis.com'}`;
    const { data } = await client.request({
      url: `${endpoint}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`,
      method: 'POST',
      data: { scope, lifetime },
      timeout: 10_000,
      retry: true,
      retryConfig: { retry: 2, httpMethodsToRetry: ['POST'] },
    });
    return data;
  } catch (error) {
    throw refused(account, statusOf(error));
  }
}

function tokenIn(data: unknown): Token | undefined {
  if (!isJsonObject(data)) return undefined;
  const { accessToken: text, expireTime } = data;
  const expiresAt = typeof expireTime === 'string' ? Date.parse(expireTime) : Number.NaN;
  if (typeof text !== 'string' || text === '' || Number.isNaN(expiresAt)) return undefined;
  return { text, expiresAt: Math.min(expiresAt, Date.now() + longest) };
}

const longest = 3_600_000;

function statusOf(error: unknown): number | undefined {
  const response = isJsonObject(error) ? error['response'] : undefined;
  const status = isJsonObject(response) ? response['status'] : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** What was thrown is left behind: it carries the request, and with it the credentials. */
function refused(account: string, status: number | undefined): GuardError {
  const why = status === undefined ? 'there was no answer with a token' : `the answer was ${status}`;
  return new GuardError(
    'ERR_IDENTITY_UNAVAILABLE',
    `This call has to run under a service account of its principal (impersonate), and no access token could be had for it: ${why}. The call was refused and nothing was sent under another account. Whoever runs the guard has to look whether it may create tokens for that account.`,
    {
      cause: new Error(`generateAccessToken for ${account}: ${why}.`),
      reasons: [{ rule: 'impersonate', message: why }],
      retryable: status === undefined || status === 429 || status >= 500,
    },
  );
}

interface Auth {
  getClient(): Promise<unknown>;
}

/**
 * The credentials of a client or process, for asking for tokens of others. A key asks only for what it is meant for, here BigQuery:
 * the same key has to ask for more.
 */
export function sourceOf(auth: Auth): () => Promise<SourceClient> {
  let found: Promise<SourceClient> | undefined;
  return () => {
    found ??= scopedClient(auth);
    found.catch(() => (found = undefined));
    return found;
  };
}

async function scopedClient(auth: Auth): Promise<SourceClient> {
  const client = await auth.getClient();
  const scoped: unknown = member(client, 'createScoped');
  const source: unknown =
    typeof scoped === 'function' ? Reflect.apply(scoped, client, [[platformScope]]) : client;
  if (isSourceClient(source)) return source;
  throw new TypeError('The credentials cannot ask for access tokens of service accounts.');
}

const platformScope = 'https://www.googleapis.com/auth/cloud-platform';

function isSourceClient(value: unknown): value is SourceClient {
  return typeof member(value, 'request') === 'function';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
