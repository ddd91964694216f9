import { text as readAll } from 'node:stream/consumers';
import { knownCatalog } from '../../config/known-objects.ts';
import { loadCatalog, type LoadedCatalog } from '../../config/load-catalog.ts';
import { GuardError, isGuardError } from '../../errors.ts';
import { analyse, staticCatalog } from '../../sql/index.ts';
import type { AskerOptions } from '../explain/asker.ts';
import { explainDecision } from '../explain/explain-decision.ts';
import { report } from '../explain/report.ts';

export interface ExplainOptions extends AskerOptions {
  readonly config?: string;
  readonly catalog?: string;
  readonly project?: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/**
 * Says what a text does: 0 when it is understood, 1 when a gap refuses it, 2 when it could not be looked at. With a
 * policy also what that makes of it.
 */
export async function explain(sql: string, options: ExplainOptions): Promise<number> {
  try {
    const text = sql === '-' ? await readAll(process.stdin) : sql;
    const { config } = options;
    if (config !== undefined)
      return await explainDecision(text, await knownCatalog(options.catalog), { ...options, config });
    const { catalog, project } = await settings(options);
    const defaultDataset = datasetOf(options.dataset, project);
    const { facts } = await analyse(text, { catalog, project, defaultDataset });
    console.log(options.json === true ? JSON.stringify(facts, null, 2) : report(text, facts));
    return facts.gaps.length === 0 ? 0 : 1;
  } catch (error) {
    if (!isGuardError(error) || error.guardCode !== 'ERR_CONFIG') throw error;
    console.error(`${error.guardCode}: ${error.message}`);
    return 2;
  }
}

interface Settings {
  readonly catalog: LoadedCatalog['catalog'];
  readonly project: string;
}

async function settings({ catalog: file, project: given }: ExplainOptions): Promise<Settings> {
  const loaded =
    file === undefined
      ? { catalog: staticCatalog({ tables: [] }), project: undefined }
      : await loadCatalog(file);
  const project = given ?? loaded.project ?? process.env['GOOGLE_CLOUD_PROJECT'];
  if (project === undefined || project === '')
    throw new GuardError(
      'ERR_CONFIG',
      'The project of names that have none is not known. Give --project, or state project in the catalog file.',
    );
  return { catalog: loaded.catalog, project };
}

/** `dataset`, or `project.dataset`. */
function datasetOf(
  written: string | undefined,
  project: string,
): { readonly project: string; readonly dataset: string } | undefined {
  if (written === undefined) return undefined;
  const at = written.lastIndexOf('.');
  return at < 0
    ? { project, dataset: written }
    : { project: written.slice(0, at), dataset: written.slice(at + 1) };
}
