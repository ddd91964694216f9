import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const queries = at('../../shared/acceptance/stand-in/queries.jsonl');
const run = promisify(execFile);

describe('the stand-in', () => {
  // The queries are kept outside of the repository and are not there on every machine.
  it.skipIf(!existsSync(queries))(
    'answers the everyday queries right, and refuses the rest by name',
    async () => {
      const script = at('../scripts/conformance-stand-in.ts');
      const { stdout } = await run(process.execPath, [script, '--queries', queries]);
      expect(stdout).toMatch(/^8[5-9] of 89 right, .* 0 wrong$/m);
    },
    120_000,
  );
});
