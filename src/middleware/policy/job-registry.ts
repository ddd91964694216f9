/** What is remembered of a job that this guard started, so that follow-up calls inherit its decision. */
export interface JobRecord {
  readonly project: string;
  readonly jobId: string;
  readonly principalId: string;
  /** True when columns were masked: plans, timelines and exact sizes are then kept back. */
  readonly masked: boolean;
  /** The text as the caller sent it: the only one that it gets to see. */
  readonly sql: string | undefined;
  /** The names of the analysed output columns; the answer must have the same. */
  readonly outputs: readonly string[] | undefined;
}

/** `project:dataset.table` of a table that holds a job's result. */
export type TableKey = string;

export const tableKey = (project: string, dataset: string, table: string): TableKey =>
  `${project}:${dataset}.${table}`;

/** The jobs of this guard. In process it is as long as the process; a job that it does not know is unknown. */
export interface JobRegistry {
  add(record: JobRecord): void;
  find(project: string, jobId: string): JobRecord | undefined;
  /** Links the anonymous table that BigQuery made for a job's result. */
  addResultTable(key: TableKey, record: JobRecord): void;
  findByResultTable(key: TableKey): JobRecord | undefined;
}

const capacity = 10_000;

export function jobRegistry(): JobRegistry {
  const jobs = new Map<string, JobRecord>();
  const tables = new Map<TableKey, JobRecord>();
  return {
    add: (record) => remember(jobs, `${record.project}:${record.jobId}`, record),
    find: (project, jobId) => jobs.get(`${project}:${jobId}`),
    addResultTable: (key, record) => remember(tables, key, record),
    findByResultTable: (key) => tables.get(key),
  };
}

/** Forgets the oldest: its job is then unknown, hence denied. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > capacity ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
