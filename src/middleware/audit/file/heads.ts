import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { canonicalText, sha256 } from '../canonical.ts';
import type { ChainEnd } from '../seal.ts';
import { systemCode } from '../../../call/system-code.ts';
import { unavailable } from '../unavailable.ts';
import type { Disk, DiskFile } from './disk.ts';

/** A statement signed with Ed25519: the chain had this event at this place. */
export interface Head {
  readonly version: 1;
  readonly sequence: number;
  readonly hash: string;
  readonly time: string;
  /** SHA-256, hex, of the public key in DER form. */
  readonly key: string;
}

export interface SignedHead extends Head {
  /** Ed25519 over the RFC 8785 JSON of the rest, base64. */
  readonly signature: string;
}

export interface SigningOptions {
  /**
   * The Ed25519 private key. Without one, a key is made beside the file (`.key`, mode 0600; the public part
   * in `.pub`): it shows later changes by those who cannot read it, and holds against nobody who can.
   */
  readonly key?: KeyObject | string;
  /** A head after so many events; 1,000. */
  readonly every?: number;
}

/** Writes heads into a file beside the chain, so that cutting the chain does not cut them. */
export class HeadWriter {
  readonly key: string;
  readonly #private: KeyObject;
  readonly #every: number;
  readonly #file: DiskFile;
  #last: number;

  static async open(disk: Disk, path: string, options: SigningOptions, from: ChainEnd): Promise<HeadWriter> {
    const key = await privateKey(path, options.key);
    const file = await disk.open(`${path}.heads`);
    await cutTornHead(file);
    return new HeadWriter(key, options.every ?? 1000, file, from.sequence);
  }

  constructor(key: KeyObject, every: number, file: DiskFile, last: number) {
    this.key = keyName(createPublicKey(key));
    this.#private = key;
    this.#every = every;
    this.#file = file;
    this.#last = last;
  }

  isDue(end: ChainEnd): boolean {
    return end.sequence - this.#last >= this.#every;
  }

  async write(end: ChainEnd, time: string): Promise<void> {
    const head: Head = { version: 1, sequence: end.sequence, hash: end.hash, time, key: this.key };
    const signature = sign(null, Buffer.from(canonicalText(head)), this.#private).toString('base64');
    await this.#append(Buffer.from(`${canonicalText({ ...head, signature })}\n`));
    this.#last = end.sequence;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** All of it or nothing: half a head would read as a forged one. */
  async #append(line: Uint8Array): Promise<void> {
    const { size } = await this.#file.identify();
    try {
      const written = await this.#file.write(line);
      if (written < line.length) throw unavailable('the file of signed heads takes no more');
      await this.#file.sync();
    } catch (error) {
      await this.#file.truncate(size);
      throw error;
    }
  }
}

/** A crash may have cut the last head; its events are signed again by the next one. */
async function cutTornHead(file: DiskFile): Promise<void> {
  const { size } = await file.identify();
  const start = Math.max(0, size - longestHead);
  const bytes = await file.read(start, size - start);
  const whole = bytes.lastIndexOf(lineFeed) + 1;
  if (whole < bytes.length) await file.truncate(start + whole);
}

const longestHead = 4096;
const lineFeed = 10;

export function keyName(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

async function privateKey(path: string, given: KeyObject | string | undefined): Promise<KeyObject> {
  if (given !== undefined) return typeof given === 'string' ? createPrivateKey(given) : given;
  const kept = await readFile(`${path}.key`, 'utf8').catch(absent);
  return kept === undefined ? generateKey(path) : createPrivateKey(kept);
}

function absent(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error;
}

async function generateKey(path: string): Promise<KeyObject> {
  const { privateKey: key, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(`${path}.key`, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  await writeFile(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
  return key;
}
