import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GuardError } from '../errors.ts';
import { cedar, opa, type Policy } from '../middleware/policy/index.ts';
import type { EngineSettings } from './guard-file.ts';
import type { GuardConfig } from './load-config.ts';
import { secret, type Environment } from './secret.ts';

/**
 * Makes the `engines` of a policy file.
 * @throws {GuardError} ERR_CONFIG when a secret is not set, or the policies of Cedar cannot be read.
 */
export async function buildEngines(
  { file, path = '.' }: GuardConfig,
  environment: Environment,
): Promise<readonly Policy[]> {
  const folder = dirname(path);
  return Promise.all(
    Object.entries(file.engines).map(async ([name, settings]) =>
      buildEngine(name, settings, folder, environment),
    ),
  );
}

async function buildEngine(
  name: string,
  settings: EngineSettings,
  folder: string,
  environment: Environment,
): Promise<Policy> {
  if ('cedar' in settings)
    return cedar({ name, policies: await policiesIn(name, resolve(folder, settings.cedar)) });
  const { opa: url, tokenFromEnv, timeout } = settings;
  const token =
    tokenFromEnv === undefined
      ? undefined
      : secret(environment, tokenFromEnv, `engines.${name}.tokenFromEnv`);
  return opa({ name, url, timeout, ...(token !== undefined && { token }) });
}

async function policiesIn(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const message = `The policies of the engine ${name} cannot be read from ${file}. Check the path and its permissions.`;
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
}
