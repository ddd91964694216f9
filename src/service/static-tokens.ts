import { createHash, timingSafeEqual } from 'node:crypto';
import type { Agent, Principal } from '../call/principal.ts';

/** One bearer token and whom it stands for. */
export interface StaticToken {
  readonly token: string;
  readonly principal: Principal;
  readonly agent: Agent | undefined;
}

export interface Identity {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
}

/** Finds whom the `authorization` header stands for; every token is compared, in constant time. */
export function staticTokens(
  tokens: readonly StaticToken[],
): (authorization: string | undefined) => Identity | undefined {
  const known = tokens.map((entry) => ({ digest: digestOf(entry.token), entry }));
  return (authorization) => {
    const given = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return undefined;
    const digest = digestOf(given);
    const [found] = known.filter(({ digest: expected }) => timingSafeEqual(expected, digest));
    return found === undefined ? undefined : { principal: found.entry.principal, agent: found.entry.agent };
  };
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
