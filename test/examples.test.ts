import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../examples', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const run = promisify(execFile);

describe('the examples', () => {
  it('are there', () => {
    expect(examples).toContain('middleware.ts');
  });

  it.each(examples)(
    '%s runs alone, top to bottom, and says what it did',
    async (name) => {
      const { stdout } = await run(process.execPath, [join(folder, name)], { timeout: 60_000 });
      expect(stdout.trim()).not.toBe('');
    },
    90_000,
  );
});
