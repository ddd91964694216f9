import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the tests of a file have ended. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guard-cli-'));
  folders.push(folder);
  return folder;
}
