import type { JsonWebKey } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { GuardError } from '../../errors.ts';
import { isJsonObject, type JsonObject, readJson } from '../../call/json.ts';
import type { CallbackRefusal } from './approval-event.ts';
import type { TokenProof } from './approval-record.ts';
import type { Authenticated } from './authenticate.ts';
import { findPerson } from './entitlement.ts';
import { checkOutgoingUrl, type OutgoingOptions } from './outgoing-url.ts';
import type { KnownPerson } from './people.ts';
import { reach } from './reach.ts';

/** Algorithms whose signatures only the issuer can make. */
export const tokenAlgorithms = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** An issuer whose tokens (JWT) say who decides: an identity provider, or a page of yours behind a login. */
export interface TokenIssuer extends OutgoingOptions {
  /** `iss`, exactly. */
  readonly issuer: string;
  /** `aud`: the name of this guard at the issuer. */
  readonly audience: string;
  /** The issuer's keys: the address of its JWKS, or the set itself. */
  readonly keys: string | { readonly keys: readonly JsonWebKey[] };
  /** Default `EdDSA`, `ES256`, `PS256`, `RS256`. */
  readonly algorithms?: readonly [TokenAlgorithm, ...TokenAlgorithm[]];
  /** The claim that holds the person's id. `email` counts only with `email_verified`. Default `sub`. */
  readonly claim?: string;
}

const longest = 16 * 1024;
const usual: readonly TokenAlgorithm[] = ['EdDSA', 'ES256', 'PS256', 'RS256'];
const whose = 'the keys of a token issuer';

/** Seconds: together the five minutes for which signed decisions are good. */
const age = { maximum: 240, skew: 60 };

type Verify = (token: string, now: Date) => Promise<TokenProof>;

/** Finds out by a token who decides, and what: both stand in it, signed by its issuer. */
export class DecisionTokens {
  readonly #issuers: readonly { readonly settings: TokenIssuer; readonly verify: Verify }[];

  constructor(issuers: readonly TokenIssuer[]) {
    this.#issuers = issuers.map((settings) => ({ settings, verify: verifierOf(settings) }));
  }

  /** @throws what kept us from the issuer's keys: then nothing is known of the token. */
  async authenticate(token: string, people: readonly KnownPerson[], now: Date): Promise<Authenticated> {
    const named = claimsOf(token)?.['iss'];
    const issuer = this.#issuers.find(({ settings }) => settings.issuer === named);
    if (issuer === undefined) return { kind: 'refused', reason: 'unknown_key' };
    try {
      const proof = await issuer.verify(token, now);
      const claims = claimsOf(token) ?? {};
      const id = personIn(claims, issuer.settings.claim ?? 'sub');
      if (id === undefined) return { kind: 'refused', reason: 'unknown_key' };
      const message = claims['approval'] ?? null;
      return { kind: 'person', person: findPerson(people, id), proof, message };
    } catch (error) {
      return { kind: 'refused', reason: whyRefused(error) };
    }
  }
}

function personIn(claims: JsonObject, claim: string): string | undefined {
  const value = claims[claim];
  if (claim === 'email' && claims['email_verified'] !== true) return undefined;
  return typeof value === 'string' && value !== '' && value.length <= 320 ? value : undefined;
}

/** `jose` is loaded when the first token comes. */
function verifierOf(settings: TokenIssuer): Verify {
  const { issuer, audience, keys, algorithms = usual } = settings;
  refuseWeak(settings);
  const url = typeof keys === 'string' ? checkOutgoingUrl(keys, settings, whose) : undefined;
  const set = typeof keys === 'string' ? undefined : copyOf(keys);
  const ready = once(async () => {
    const jose = await import('jose');
    if (url === undefined) return { jose, find: jose.createLocalJWKSet(set ?? { keys: [] }) };
    const fetchKeys = async (
      _url: string,
      { signal }: { readonly signal: AbortSignal },
    ): Promise<Response> => {
      const request = { method: 'GET', headers: { accept: 'application/json' }, signal } as const;
      const { status, body } = await reach(url, request, settings, whose);
      return new Response(body, { status: status === 200 ? 200 : 502 });
    };
    return { jose, find: jose.createRemoteJWKSet(url, { [jose.customFetch]: fetchKeys }) };
  });
  return async (token, now) => {
    const { jose, find } = await ready();
    const { payload, key } = await jose.jwtVerify(token, find, {
      issuer,
      audience,
      algorithms: [...algorithms],
      requiredClaims: ['exp', 'iat', 'jti'],
      maxTokenAge: age.maximum,
      clockTolerance: age.skew,
      currentDate: now,
    });
    const publicKey = await jose.exportJWK(key);
    return {
      kind: 'token',
      messageId: payload.jti ?? '',
      issuer,
      key: await jose.calculateJwkThumbprint(publicKey),
      publicKey: JSON.stringify(publicKey),
      body: token,
    };
  };
}

/** A secret that both sides know would let us forge what people decide. */
function refuseWeak(settings: TokenIssuer): void {
  const { issuer, audience } = settings;
  const algorithms: readonly TokenAlgorithm[] = settings.algorithms ?? usual;
  const weak = algorithms.find((algorithm) => !tokenAlgorithms.some((known) => known === algorithm));
  if (weak !== undefined) {
    const message = `Tokens of ${issuer} may not be signed with ${weak}. Use one of ${tokenAlgorithms.join(', ')}.`;
    throw new GuardError('ERR_CONFIG', message);
  }
  if (issuer === '' || audience === '') {
    throw new GuardError(
      'ERR_CONFIG',
      'An issuer of tokens needs an issuer and an audience that are not empty.',
    );
  }
}

/** The one bridge to the types of `jose`: its sets are mutable. */
function copyOf(keys: object): JSONWebKeySet {
  const copy: JSONWebKeySet = JSON.parse(JSON.stringify(keys));
  return copy;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return async () => (made ??= make());
}

/** What stands in the token, before anything is known about its signature. */
function claimsOf(token: string): JsonObject | undefined {
  // `jose` takes blanks around the parts.
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (payload === undefined || token.length > longest) return undefined;
  const claims = readJson(Buffer.from(payload, 'base64url').toString());
  return isJsonObject(claims) ? claims : undefined;
}

/** What `jose` finds wrong with a token has a code; that its keys could not be fetched is no fault of the token. */
function whyRefused(error: unknown): CallbackRefusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWT_EXPIRED' || code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return 'late';
  if (/^ERR_(?:JWS|JWT|JWKS_NO|JWKS_MULTIPLE|JOSE_ALG|JOSE_NOT)_/.test(code)) return 'unknown_key';
  throw error;
}
