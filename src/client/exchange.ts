import { fromClientRequest } from '../call/normalise.ts';
import { officialTransport } from '../transport/official.ts';
import { answerError, answerResult } from './answer.ts';
import { authorizerOf, officialConnection } from './connection.ts';
import { completeAnswer } from './job-answer.ts';
import { impersonatedConnection } from './impersonated-connection.ts';
import { ownConnection } from './own-connection.ts';
import { impersonation, sourceOf, type AccessTokens } from '../transport/impersonation.ts';
import { forgetCredentials } from './response.ts';
import type { ClientTarget } from '../call/normalise.ts';
import type { Retries } from '../transport/attempts.ts';
import type { OfficialConnection, OfficialOptions, WireAnswer } from '../transport/official.ts';
import type { WireMemory } from './answer.ts';
import type { MakeAuthenticatedRequest } from './connection.ts';
import type { GuardEngine } from './guard.ts';
import type { OfficialModule } from './official.ts';
import type { Scope } from './scope.ts';

/** What all requests of one client share. */
export interface Line {
  readonly engine: GuardEngine;
  readonly module: OfficialModule;
  readonly inner: MakeAuthenticatedRequest;
  /** How often the client wants requests to be sent again, where it is known. */
  readonly retries: Retries | undefined;
  readonly target: () => ClientTarget | Promise<ClientTarget>;
}

/** Takes one request of a client through the guard. It never rejects: failures are answers, too. */
export async function exchange(
  line: Line,
  options: OfficialOptions,
  scope: Scope,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const memory: WireMemory = new WeakMap();
  try {
    const found = line.target();
    // A known project costs no turn, so the request is read before its maker can change it.
    const target = found instanceof Promise ? await found : found;
    const call = fromClientRequest(options, target);
    const result = await line.engine.handle({
      call,
      scope,
      signal,
      connection: ({ forward, answerWithin, iamUrl }) =>
        officialTransport({
          connection: (account) => connectionOf(line, account, iamUrl),
          target,
          options,
          forward,
          answerWithin,
          remember(outcome, answer) {
            forgetCredentials(answer.response);
            memory.set(outcome, answer);
          },
        }),
    });
    return answerResult(completeAnswer(call, result, memory), memory);
  } catch (error) {
    return answerError(error, memory, line.module);
  }
}

function connectionOf(
  line: Line,
  account: string | undefined,
  iamUrl: string | undefined,
): OfficialConnection {
  const { inner, module, retries } = line;
  if (account !== undefined)
    return impersonatedConnection({ account, tokens: tokensOf(line, iamUrl), module, retries });
  const official = officialConnection(inner, module);
  if (retries === undefined) return official;
  return ownConnection({ official, authorize: authorizerOf(inner), module, retries });
}

/** The tokens of the accounts for which a client's own credentials may ask. */
const tokens = new WeakMap<Line, AccessTokens>();

function tokensOf(line: Line, url: string | undefined): AccessTokens {
  let found = tokens.get(line);
  if (found === undefined) {
    const source = sourceOf(line.inner.authClient);
    tokens.set(line, (found = impersonation({ source, url })));
  }
  return found;
}
