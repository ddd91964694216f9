import { append } from './append.ts';
import type { NamePattern } from './names.ts';

/** Finds items by the patterns under which they were added, without looking at all of them. */
export interface NameIndex<Item> {
  add(pattern: NamePattern, item: Item): void;
  /** Every item of which a pattern may match the name, and others: the caller still has to compare. */
  near(project: string, dataset: string, table?: string): readonly Item[];
  /** The same for anything in the dataset; without one, for anything in the project. */
  inside(project: string, dataset?: string): readonly Item[];
}

/** Patterns lie under their literal beginning: `project`, `project:dataset` or `project:dataset.table`. */
export function nameIndex<Item>(): NameIndex<Item> {
  const byKey = new Map<string, Item[]>();
  const byDataset = new Map<string, Item[]>();
  const byProject = new Map<string, Item[]>();
  return {
    add(pattern, item) {
      append(byKey, keyOf(pattern), item);
      append(byDataset, datasetKeyOf(pattern), item);
      append(byProject, pattern.project, item);
    },
    inside(project, dataset) {
      if (dataset === undefined || dataset.includes('*')) return byProject.get(project) ?? [];
      return [...(byDataset.get(`${project}:`) ?? []), ...(byDataset.get(`${project}:${dataset}`) ?? [])];
    },
    near(project, dataset, table) {
      // A wildcard table stands for many names, so that every pattern of the project counts.
      if (dataset.includes('*') || table?.includes('*') === true) return byProject.get(project) ?? [];
      return [
        ...(byKey.get(`${project}:`) ?? []),
        ...(byKey.get(`${project}:${dataset}`) ?? []),
        ...(table === undefined ? [] : (byKey.get(`${project}:${dataset}.${table}`) ?? [])),
      ];
    },
  };
}

function datasetKeyOf({ project, segments: [dataset = ''] }: NamePattern): string {
  return dataset.includes('*') ? `${project}:` : `${project}:${dataset}`;
}

function keyOf({ project, segments }: NamePattern): string {
  const [dataset = '', table = '*'] = segments;
  if (dataset.includes('*')) return `${project}:`;
  return table.includes('*') ? `${project}:${dataset}` : `${project}:${dataset}.${table}`;
}
