import { hostname } from 'node:os';
import { isGuardError, type GuardFailure } from '../../../errors.ts';
import { nobody, type NewEvent } from '../event.ts';
import { draft, type Draft } from '../seal.ts';
import { systemCode } from '../../../call/system-code.ts';
import { unavailable } from '../unavailable.ts';
import { Chain, type SegmentLimits } from './chain.ts';
import type { Torn } from './chain-file.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { GroupCommit } from './group-commit.ts';
import { HeadWriter } from './heads.ts';
import { takePlace, type AuditPlace, type Taken } from './place.ts';
import { openCalls, type OpenCall } from '../recovery/open-calls.ts';
import { Signer, type SigningOptions } from './signer.ts';
import type { RecordSource } from '../sinks/record-source.ts';
import type { AuditStore } from '../store.ts';
import { DurableChain } from './durable-chain.ts';

export type FileAuditOptions = AuditPlace & {
  /** Signed heads beside the file, so that a replaced or shortened chain shows. */
  readonly signing?: SigningOptions;
  /** When the file that is written becomes a closed segment, and the chain goes on in a new file. */
  readonly segments?: SegmentLimits;
  readonly now?: () => Date;
  /** How files are reached; for tests of disks that fail. */
  readonly disk?: Disk;
};

/** A record in files. */
export interface FileAudit extends AuditStore {
  /** What is durable of it, for sinks. */
  readonly durable: RecordSource;
}

/**
 * Keeps the record in a file of JSON lines, each linked to the one before by its hash. An event is
 * acknowledged when the disk has it; events of concurrent calls share a sync.
 *
 * ```ts
 * const store = fileAudit({ folder: '/var/lib/bigquery-guard/audit' });
 * ```
 */
export function fileAudit(options: FileAuditOptions): FileAudit {
  return new FileStore(options);
}

interface Writing {
  readonly taken: Taken;
  readonly chain: Chain;
  readonly key: string | undefined;
  /** The last event before this process. */
  readonly from: number;
  readonly heads: HeadWriter | undefined;
}

class FileStore implements FileAudit {
  readonly durable: DurableChain = new DurableChain();
  readonly #options: FileAuditOptions;
  readonly #now: () => Date;
  readonly #commits: GroupCommit<Draft>;
  #writing: Writing | undefined;
  #refused = 0;
  #closed = false;

  constructor(options: FileAuditOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#commits = new GroupCommit((drafts) => this.#commit(drafts));
  }

  async append(entries: Parameters<AuditStore['append']>[0]): Promise<void> {
    if (this.#closed) throw unavailable('it was closed');
    await this.#commits.add(entries.map(draft));
  }

  async openCalls(): Promise<readonly OpenCall[]> {
    // Opens the file, and so tells what was there before this process.
    await this.#commits.add([]);
    const { taken, from } = this.#writing ?? {};
    return taken === undefined || from === 0 ? [] : openCalls(taken.path, from ?? 0);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits.idle();
    if (this.#writing === undefined) return;
    const writing = this.#writing;
    this.#writing = undefined;
    try {
      await this.#append(writing, [this.#own({ type: 'audit.closed', data: { process: process.pid } })]);
      await writing.heads?.write(writing.chain.end, this.#now().toISOString());
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      await release(writing);
    }
  }

  async #commit(drafts: readonly Draft[]): Promise<void> {
    try {
      this.#writing ??= await this.#open();
      await this.#write(this.#writing, drafts);
    } catch (error) {
      this.#refused += drafts.length;
      this.#lastCode = systemCode(error) ?? this.#lastCode;
      throw asUnavailable(error);
    }
  }

  #lastCode: string | undefined;

  async #write(writing: Writing, drafts: readonly Draft[]): Promise<void> {
    const { chain, heads } = writing;
    await this.#append(writing, this.#refused > 0 ? [this.#recovered(), ...drafts] : drafts);
    this.#refused = 0;
    if (heads?.isDue(chain.end) !== true) return;
    // The events are durable without it; it stays due and is written with the next batch.
    await heads.write(chain.end, this.#now().toISOString()).catch(() => undefined);
  }

  async #append({ taken, chain }: Writing, drafts: readonly Draft[]): Promise<void> {
    await chain.append(drafts);
    this.durable.reached(taken.path, chain.place);
  }

  #recovered(): Draft {
    const code = this.#lastCode === undefined ? {} : { code: this.#lastCode };
    return this.#own({
      type: 'audit.recovered',
      data: { cause: 'unavailable', refused: this.#refused, ...code },
    });
  }

  async #open(): Promise<Writing> {
    const taken = await takePlace(this.#options);
    try {
      return await this.#begin(taken);
    } catch (error) {
      await taken.lock.release();
      throw error;
    }
  }

  async #begin(taken: Taken): Promise<Writing> {
    const { disk = nodeDisk, signing, segments = {} } = this.#options;
    const { path } = taken;
    const signer = signing === undefined ? undefined : await Signer.open(path, signing.key);
    const { chain, torn } = await Chain.open({ disk, path, limits: segments, signer, now: this.#now });
    try {
      const { end } = chain;
      const heads =
        signer && (await HeadWriter.open(disk, path, signer, { every: signing?.every, from: end }));
      const writing = { taken, chain, heads, key: signer?.key, from: end.sequence };
      await this.#append(writing, this.#opening(writing, torn));
      return writing;
    } catch (error) {
      await chain.close();
      throw error;
    }
  }

  #opening({ key }: Writing, torn: Torn | undefined): Draft[] {
    const opened = this.#own({
      type: 'audit.opened',
      data: { process: process.pid, host: hostname(), ...(key !== undefined && { key }) },
    });
    if (torn === undefined) return [opened];
    return [opened, this.#own({ type: 'audit.recovered', data: { cause: 'torn', ...torn } })];
  }

  #own(event: NewEvent): Draft {
    return draft({ ...nobody, ...event, time: this.#now().toISOString() });
  }
}

async function release({ taken, chain, heads }: Writing): Promise<void> {
  await chain.close();
  await heads?.close();
  await taken.lock.release();
}

function asUnavailable(error: unknown): GuardFailure {
  return isGuardError(error) ? error.guard : unavailable('the file cannot be written', error);
}
