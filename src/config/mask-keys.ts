import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GuardError } from '../errors.ts';
import type { KeySource } from './guard-file.ts';

const shortest = 32;

/**
 * Reads the keys of masks, once. What they are stands in no error.
 * @throws {GuardError} ERR_CONFIG when a key is not there, is no base64, or is short.
 */
export function maskKeys(
  sources: Readonly<Record<string, KeySource>>,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, KeyObject> {
  return new Map(Object.entries(sources).map(([name, source]) => [name, keyOf(name, source, environment)]));
}

function keyOf(
  name: string,
  source: KeySource,
  environment: Readonly<Record<string, string | undefined>>,
): KeyObject {
  const text = 'fromEnv' in source ? environment[source.fromEnv] : readKey(name, source.file);
  if (text === undefined || text.trim() === '') throw wrong(name, 'is not there');
  const base64 = text.trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw wrong(name, 'is no base64');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < shortest) throw wrong(name, `has less than ${shortest} bytes`);
  return createSecretKey(bytes);
}

/** The reason is left out: it would come with the place, and some systems put secrets there. */
function readKey(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw wrong(name, 'cannot be read from its file');
  }
}

function wrong(name: string, fault: string): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    `The key ${name} under keys ${fault}. It must be at least ${shortest} random bytes in base64: openssl rand -base64 32.`,
  );
}
