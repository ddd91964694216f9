import { homedir } from 'node:os';
import { join } from 'node:path';
import { createGuard } from './guard.ts';
import type { Guard } from './guard.ts';
import type { GuardSource, Observe } from './resolve-guard.ts';

/** Builds a guard from where it is described. Everything heavy is loaded here and not with the package. */
export async function loadGuard(source: GuardSource | Observe): Promise<Guard> {
  if ('config' in source) return fromFile(source.config);
  if ('remote' in source) return toService(source.remote.url, source.remote.token);
  return observing();
}

async function fromFile(path: string): Promise<Guard> {
  const { loadConfig } = await import('../config/load-config.ts');
  const { buildMiddleware } = await import('../config/build-middleware.ts');
  const config = await loadConfig(path);
  const middleware = await buildMiddleware(config, { environment: process.env });
  return createGuard({
    middleware,
    principal: config.file.principal,
    answerWithin: config.file.answerWithin,
    impersonate: config.file.impersonate,
  });
}

async function toService(url: string, token = ''): Promise<Guard> {
  const { remoteTransport } = await import('../transport/remote.ts');
  return createGuard({ middleware: [], transport: remoteTransport({ url, token }) });
}

async function observing(): Promise<Guard> {
  const { audit, fileAudit } = await import('../middleware/audit/index.ts');
  const folder = join(stateFolder(), 'bigquery-guard');
  process.emitWarning(
    `No guard is configured: BigQuery calls are not checked, only recorded in ${folder}. ` +
      'Give the client a guard, or set BIGQUERY_GUARD_REQUIRED=1 to refuse instead.',
    { type: 'BigQueryGuardWarning', code: 'BIGQUERY_GUARD_OBSERVE' },
  );
  return createGuard({ middleware: [audit({ store: fileAudit({ folder }) })], unjudged: 'forward' });
}

function stateFolder(): string {
  const { XDG_STATE_HOME: state } = process.env;
  return state === undefined || state === '' ? join(homedir(), '.local', 'state') : state;
}
