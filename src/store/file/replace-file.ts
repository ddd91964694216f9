import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '../../call/new-id.ts';

/** Whole or not at all, also when the machine stops in between. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${newId()}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Else the old name of the file could be back after a crash. Windows cannot open folders and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
