import type { Engine, TableField, WireRow } from '../stand-in/engine/engine.ts';
import { datasetExtras } from './datasets.ts';
import { Extras } from './extras.ts';
import { JobStore } from './jobs/job-store.ts';
import type { UploadSession } from './resumable-upload.ts';
import { tableExtras } from './tables/tables.ts';

/** What the handlers work on. */
export interface Service {
  readonly engine: Engine;
  readonly project: string;
  readonly location: string;
  readonly userEmail: string;
  readonly jobs: JobStore;
  readonly datasetExtras: Extras;
  readonly tableExtras: Extras;
  /** When an `insertId` was seen last. */
  readonly insertIds: Map<string, number>;
  readonly uploads: Map<string, UploadSession>;
  readonly canned: ReadonlyMap<string, CannedResult>;
  now(): Date;
}

/** A generated answer to one SQL text, read a page at a time: how benches serve a million rows cheaply. */
export interface CannedResult {
  readonly schema: readonly TableField[];
  readonly totalRows: number;
  rows(start: number, end: number): readonly WireRow[];
}

export interface ServiceOptions {
  readonly engine: Engine;
  readonly project: string;
  readonly canned?: ReadonlyMap<string, CannedResult> | undefined;
  readonly now?: (() => Date) | undefined;
}

export function createService({ engine, project, canned, now }: ServiceOptions): Service {
  return {
    engine,
    project,
    location: 'US',
    userEmail: `agent@${project}.iam.gserviceaccount.com`,
    jobs: new JobStore(),
    datasetExtras: new Extras(datasetExtras),
    tableExtras: new Extras(tableExtras),
    insertIds: new Map(),
    uploads: new Map(),
    canned: canned ?? new Map(),
    now: now ?? (() => new Date()),
  };
}
