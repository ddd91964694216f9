import type { DetectorRule } from '../detection/detector-rule.ts';
import type { AnalysedColumn } from '../masking/check-schema.ts';
import type { PositionMap } from '../../sql/rewrite/index.ts';
import type { OutputCopies } from '../masking/output-copies.ts';

/** What is remembered of a job that this guard started, so that follow-up calls inherit its decision. */
export interface JobRecord {
  readonly project: string;
  readonly jobId: string;
  /** Part of its name: the id of a job may be used again in another location. Absent where BigQuery tells none. */
  readonly location: string | undefined;
  readonly principalId: string;
  /** True when columns were masked, or another text ran: plans, timelines and exact sizes are then kept back. */
  readonly masked: boolean;
  /** The text as the caller sent it: the only one that it gets to see. */
  readonly sql: string | undefined;
  /** The way back from places in the text that ran; absent where that is the caller's. */
  readonly positions: PositionMap | undefined;
  /** The analysed output columns; the answer must have the same. */
  readonly outputs: readonly AnalysedColumn[] | undefined;
  /** The output columns that copy masked columns: what their rows hold is checked on every page. */
  readonly copies: OutputCopies;
  /** What its rows are searched for. */
  readonly detectors: readonly DetectorRule[];
  /** The call that started it. */
  readonly callId: string;
}

/** `project:dataset.table` of a table that holds a job's result. */
export type TableKey = string;

export const tableKey = (project: string, dataset: string, table: string): TableKey =>
  `${project}:${dataset}.${table}`;

/** The jobs of this guard. In process it is as long as the process; a job that it does not know is unknown. */
export interface JobRegistry {
  add(record: JobRecord): void;
  /** Without a location only where the id is known in no more than one. */
  find(project: string, jobId: string, location: string | undefined): JobRecord | undefined;
  /** Links the anonymous table that BigQuery made for a job's result. */
  addResultTable(key: TableKey, record: JobRecord): void;
  findByResultTable(key: TableKey): JobRecord | undefined;
}

const capacity = 10_000;

export function jobRegistry(): JobRegistry {
  const jobs = new Map<string, readonly JobRecord[]>();
  const tables = new Map<TableKey, JobRecord>();
  return {
    add(record) {
      const key = `${record.project}:${record.jobId}`;
      const others = (jobs.get(key) ?? []).filter((each) => !isAt(each, record.location));
      remember(jobs, key, [...others, record]);
    },
    find(project, jobId, location) {
      const found = jobs.get(`${project}:${jobId}`) ?? [];
      if (location !== undefined) return found.find((record) => isAt(record, location));
      return found.length === 1 ? found[0] : undefined;
    },
    addResultTable: (key, record) => remember(tables, key, record),
    findByResultTable: (key) => tables.get(key),
  };
}

function isAt(record: JobRecord, location: string | undefined): boolean {
  return record.location?.toLowerCase() === location?.toLowerCase();
}

/** Forgets the oldest: its job is then unknown, hence denied. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > capacity ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
