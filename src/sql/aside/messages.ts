import type { AnalyseOptions } from '../analyse.ts';
import type { CatalogRoutine, CatalogTable, ObjectName } from '../catalog.ts';
import type { Facts, StatementFacts } from '../facts.ts';
import type { TableReferenceFact } from '../resolve/reference-fact.ts';

/** What is asked of the catalog, which lives on the thread of the caller. */
export interface Question {
  readonly kind: 'table' | 'routine';
  readonly name: ObjectName;
}

export type Item = CatalogTable | CatalogRoutine;

export type Settings = Pick<AnalyseOptions, 'project' | 'defaultDataset'>;

export type ToWorker =
  | { readonly type: 'analyse'; readonly text: string; readonly options: Settings }
  | { readonly type: 'answer'; readonly id: number; readonly item: Item | undefined }
  | { readonly type: 'noAnswer'; readonly id: number; readonly late: boolean }
  | { readonly type: 'next' };

/** A result is sent in parts, each when it is asked for: taking all of it at once would hold up the caller. */
export type Part =
  | { readonly type: 'statements'; readonly list: readonly StatementFacts[] }
  | { readonly type: 'references'; readonly list: readonly TableReferenceFact[] }
  /** The rest, without the statements. */
  | { readonly type: 'end'; readonly facts: Facts };

export type FromWorker = { readonly type: 'ask'; readonly id: number; readonly question: Question } | Part;
