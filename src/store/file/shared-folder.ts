import { join } from 'node:path';
import type { SharedStore } from '../shared-store.ts';
import { fileBudgets } from './file-budgets.ts';
import { fileEntries } from './file-entries.ts';

export interface SharedFolderOptions {
  /** Any number of processes of one machine may share it. It is made where it is missing, for its user alone. */
  readonly folder: string;
  /** How long another process may hold a file of it, in milliseconds; 10 s. */
  readonly waitFor?: number;
}

/** A store in the files `entries.jsonl` and `budgets.json` of a folder: whatever it has answered is on disk. */
export function sharedFolder({ folder, waitFor = 10_000 }: SharedFolderOptions): SharedStore {
  const entries = fileEntries(join(folder, 'entries.jsonl'), waitFor);
  const budgets = fileBudgets({ file: join(folder, 'budgets.json'), waitFor });
  return {
    entries,
    budgets,
    async close() {
      await Promise.all([entries.close?.(), budgets.close?.()]);
    },
  };
}
