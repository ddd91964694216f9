import { freezePrincipal } from '../call/principal.ts';
import { compose } from '../call/compose.ts';
import { buildMiddleware } from '../config/build-middleware.ts';
import { secret, type Environment } from '../config/secret.ts';
import type { ServiceSettings } from '../config/guard-file.ts';
import type { GuardConfig } from '../config/load-config.ts';
import { GuardError } from '../errors.ts';
import { onlyApproved } from '../middleware/approval/approved.ts';
import { recorded } from '../middleware/audit/index.ts';
import { googleTransport } from '../transport/google.ts';
import { startService, type Service } from './service.ts';
import { staticTokens, type StaticToken } from './static-tokens.ts';

export interface GuardServiceOptions {
  readonly host?: string;
  readonly port?: number;
  readonly environment: Environment;
  readonly onError?: (error: unknown) => void;
}

/**
 * Starts the central service that a `guard.yaml` describes.
 * @throws {GuardError} ERR_CONFIG when the file has no `service` section or a secret is missing.
 */
export async function startGuardService(config: GuardConfig, options: GuardServiceOptions): Promise<Service> {
  const { service: settings, project } = config.file;
  if (settings === undefined) {
    throw new GuardError(
      'ERR_CONFIG',
      'The policy file has no service section: who may call, and with which token?',
    );
  }
  const { environment, ...rest } = options;
  const authenticate = staticTokens(tokensOf(settings, environment));
  const transport = googleTransport({
    ...settings.upstream,
    answerWithin: config.file.answerWithin,
    iamUrl: config.file.impersonate?.url,
  });
  const layers = await buildMiddleware(config, { environment });
  const service = await startService({
    ...rest,
    handle: compose(layers, onlyApproved(recorded(transport.handle, 'statement'))),
    upstream: recorded(transport.handle, 'own'),
    project,
    impersonate: config.file.impersonate,
    authenticate,
  });
  return {
    url: service.url,
    async close() {
      await service.close();
      for (const layer of layers.toReversed()) await layer.close?.();
      await transport.close();
    },
  };
}

function tokensOf({ tokens }: ServiceSettings, environment: Environment): readonly StaticToken[] {
  return tokens.map(({ fromEnv, principal: { id, groups }, agent }) => ({
    token: secret(environment, fromEnv, 'service.tokens.fromEnv'),
    principal: freezePrincipal({ id, groups, delegation: [], verified: true }),
    agent: agent === undefined ? undefined : { name: agent },
  }));
}
