import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import type { KeyVersions, MaskKey, MaskKeys } from '../middleware/masking/index.ts';
import type { GuardFile, KeySource } from './guard-file.ts';
import { secretManager, type ReadSecret } from './secret-manager.ts';

const shortest = 32;

export interface KeyReading {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By default Secret Manager, under the application default credentials. */
  readonly readSecret?: ReadSecret | undefined;
}

/**
 * Reads the keys of masks, once. What they are stands in no error.
 * @throws {GuardError} ERR_CONFIG when a key is not there, is no base64, or is short.
 */
export async function maskKeys(sources: GuardFile['keys'], reading: KeyReading): Promise<MaskKeys> {
  const entries = Object.entries(sources).map(async ([name, [first, ...others]]) => {
    const versions: KeyVersions = [
      await versionOf(name, first, reading),
      ...(await Promise.all(others.map((source) => versionOf(name, source, reading)))),
    ];
    return [name, versions] as const;
  });
  return new Map(await Promise.all(entries));
}

async function versionOf(name: string, source: KeySource, reading: KeyReading): Promise<MaskKey> {
  return { id: source.id, secret: keyOf(name, await textOf(name, source, reading)) };
}

function keyOf(name: string, text: string | undefined): KeyObject {
  if (text === undefined || text.trim() === '') throw wrong(name, 'is not there');
  const base64 = text.trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw wrong(name, 'is no base64');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < shortest) throw wrong(name, `has less than ${shortest} bytes`);
  return createSecretKey(bytes);
}

/** The reason is left out: it would come with the place, and some systems put secrets there. */
async function textOf(
  name: string,
  source: KeySource,
  { environment, readSecret }: KeyReading,
): Promise<string | undefined> {
  if ('fromEnv' in source) return environment[source.fromEnv];
  try {
    if ('file' in source) return await readFile(source.file, 'utf8');
    return await (readSecret ?? secretManager())(source.secret);
  } catch {
    throw wrong(name, `cannot be read from ${'file' in source ? 'its file' : 'Secret Manager'}`);
  }
}

function wrong(name: string, fault: string): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    `The key ${name} under keys ${fault}. It must be at least ${shortest} random bytes in base64: openssl rand -base64 32.`,
  );
}
