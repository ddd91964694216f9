import type { DatasetRecord, NewDataset } from '../table.ts';
import { newEtag } from './tables.ts';

export function newDataset(dataset: NewDataset, now: Date): DatasetRecord {
  return {
    location: 'US',
    ...dataset,
    labels: dataset.labels ?? {},
    creationTime: now.getTime(),
    lastModifiedTime: now.getTime(),
    etag: newEtag(),
  };
}
