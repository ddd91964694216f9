import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Each script compares with material from outside; without it, it says so, and fails where CI must have it. */
describe('conformance', () => {
  it.each(['stand-in', 'sql'])(
    'of %s: nothing is wrong',
    (name) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${import.meta.dirname}/${name}.ts`], {
        encoding: 'utf8',
      });
      expect({ status, stderr, stdout: status === 0 ? '' : stdout }).toEqual({
        status: 0,
        stderr: '',
        stdout: '',
      });
    },
    180_000,
  );
});
