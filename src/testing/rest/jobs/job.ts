import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../call/json.ts';
import type { EngineResult, TableField, TableId } from '../../stand-in/engine/engine.ts';
import type { RowSource } from '../page.ts';
import { RestError, toRestError } from '../rest-error.ts';

export interface JobReference {
  readonly projectId: string;
  readonly jobId: string;
  readonly location: string;
}

export interface QueryOutcome {
  readonly kind: 'query';
  readonly result: Omit<EngineResult, 'rows' | 'children'>;
  readonly schema: readonly TableField[] | undefined;
  readonly rows: RowSource;
  readonly bytesBilled: number;
  /** Where the rows can be read as a table; absent where the statement answers none. */
  readonly destination: TableId | undefined;
}

export interface LoadOutcome {
  readonly kind: 'load';
  readonly inputBytes: number;
  readonly outputRows: number;
  readonly badRecords: number;
}

export interface CopyOutcome {
  readonly kind: 'copy';
  readonly copiedRows: number;
  readonly copiedBytes: number;
}

export type Outcome =
  | QueryOutcome
  | LoadOutcome
  | CopyOutcome
  | { readonly kind: 'failed'; readonly error: RestError };

export interface JobOptions {
  readonly reference: JobReference;
  readonly configuration: JsonObject;
  readonly now: () => Date;
  readonly parentJobId?: string;
  readonly run: (job: Job) => Promise<Outcome>;
}

/** A job runs from its construction to `finished`. */
export class Job {
  readonly reference: JobReference;
  readonly configuration: JsonObject;
  readonly parentJobId: string | undefined;
  readonly createdAt: number;
  readonly finished: Promise<void>;
  readonly #abort = new AbortController();
  readonly #now: () => Date;
  #outcome: Outcome | undefined;
  #endedAt: number | undefined;
  childCount = 0;

  constructor(options: JobOptions) {
    this.reference = options.reference;
    this.configuration = options.configuration;
    this.parentJobId = options.parentJobId;
    this.#now = options.now;
    this.createdAt = options.now().getTime();
    this.finished = this.#run(options.run);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Absent while the job runs. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** A job that has ended stays as it is. */
  cancel(): void {
    this.#abort.abort();
    this.#settle({ kind: 'failed', error: new RestError('stopped', cancelled) });
  }

  async #run(run: JobOptions['run']): Promise<void> {
    try {
      this.#settle(await run(this));
    } catch (error) {
      this.#settle({ kind: 'failed', error: toRestError(error) });
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#endedAt = this.#now().getTime();
  }
}

const cancelled = 'Job execution was cancelled: User requested cancellation';

/** The anonymous table that holds the rows of a query without a destination. */
export function anonymousTable(reference: JobReference): TableId {
  const datasetId = `_${digest(reference.projectId)}`;
  return { projectId: reference.projectId, datasetId, tableId: `anon${digest(reference.jobId)}` };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
