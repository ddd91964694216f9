import { BigQuery } from '../../index.ts';
import { isGuardError } from '../../errors.ts';
import { questions } from './questions.ts';

/** How one question ended for the agent, one JSON line each on standard output. */
export interface Outcome {
  readonly scene: string;
  readonly waitedMs: number;
  readonly rows?: readonly unknown[];
  readonly error?: { readonly status: number; readonly code: string; readonly message: string };
}

/**
 * The agent: code for the official client, with another import. Where its calls go and what is allowed is said
 * by the environment alone.
 */
export async function runAgent(write: (line: string) => void): Promise<void> {
  const bigquery = new BigQuery({ projectId: 'demo-project' });
  for (const { scene, sql } of questions) {
    write(JSON.stringify(await ask(bigquery, scene, sql)));
  }
}

async function ask(bigquery: BigQuery, scene: string, sql: string): Promise<Outcome> {
  const start = performance.now();
  const waited = (): number => Math.round(performance.now() - start);
  try {
    const [rows] = await bigquery.query(sql);
    return { scene, rows, waitedMs: waited() };
  } catch (error) {
    return { scene, error: described(error), waitedMs: waited() };
  }
}

function described(error: unknown): NonNullable<Outcome['error']> {
  const status = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0;
  const message = error instanceof Error ? error.message : String(error);
  return { status, code: isGuardError(error) ? error.guardCode : 'none', message };
}
