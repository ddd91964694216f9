/** Removes what an earlier build wrote, so that no file of it is published. */
import { rm } from 'node:fs/promises';

for (const folder of ['dist', 'build']) {
  await rm(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });
}
