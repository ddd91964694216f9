import type { ChainEnd } from '../seal.ts';
import type { Disk } from './disk.ts';
import { LineFile } from './line-file.ts';
import type { Signer } from './signer.ts';

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

/** Writes heads into a file beside the chain, so that cutting the chain does not cut them. */
export class HeadWriter {
  readonly #signer: Signer;
  readonly #every: number;
  readonly #file: LineFile;
  #last: number;

  static async open(
    disk: Disk,
    path: string,
    signer: Signer,
    { every = 1000, from }: { readonly every?: number | undefined; readonly from: ChainEnd },
  ): Promise<HeadWriter> {
    return new HeadWriter(signer, every, await LineFile.open(disk, `${path}.heads`), from.sequence);
  }

  constructor(signer: Signer, every: number, file: LineFile, last: number) {
    this.#signer = signer;
    this.#every = every;
    this.#file = file;
    this.#last = last;
  }

  isDue(end: ChainEnd): boolean {
    return end.sequence - this.#last >= this.#every;
  }

  async write({ sequence, hash }: ChainEnd, time: string): Promise<void> {
    await this.#file.append(this.#signer.line({ version: 1, sequence, hash, time }));
    this.#last = sequence;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
