/** Statements of others, with the catalogs that they were written for. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { staticCatalog } from '../../../src/sql/index.ts';
import type { AnalyseOptions, StaticCatalog } from '../../../src/sql/index.ts';
import type { Question } from './oracle.ts';

const folder = resolve(import.meta.dirname, '../../../../shared/acceptance/sql');
export const catalogsFile: string = join(folder, 'catalogs.json');

interface Line extends Question {
  readonly valid: boolean;
}

/** Valid statements; those with a schema can be compared in full. */
export function corpus(): readonly Question[] {
  const file = join(folder, 'corpus.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines
    .map((line): Line => JSON.parse(line))
    .filter((line) => line.valid)
    .map(({ sql, catalog, defaultDataset }) => ({
      sql,
      catalog: catalog ?? 'empty',
      ...(defaultDataset === undefined ? {} : { defaultDataset }),
    }));
}

/** How this analysis is asked what the question asks of the other. */
export function settings(): (question: Question) => AnalyseOptions {
  const named: Readonly<Record<string, StaticCatalog>> = existsSync(catalogsFile)
    ? JSON.parse(readFileSync(catalogsFile, 'utf8'))
    : {};
  const catalogs = new Map(
    Object.entries(named).map(([name, catalog]) => [
      name,
      staticCatalog({ ...catalog, caseInsensitive: true }),
    ]),
  );
  const nothing = staticCatalog({ tables: [] });
  return ({ catalog = '', defaultDataset = '' }) => {
    const [project = 'default', dataset] = defaultDataset.split('.');
    return {
      catalog: catalogs.get(catalog) ?? nothing,
      project,
      defaultDataset: dataset === undefined ? undefined : { project, dataset },
    };
  };
}
