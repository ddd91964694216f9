import { GuardError } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a secret; its value never stands in a message.
 * @throws {GuardError} ERR_CONFIG when the variable is not set.
 */
export function secret(environment: Environment, name: string, setting: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new GuardError('ERR_CONFIG', `The environment variable ${name}, which ${setting} names, is not set.`);
}
