/** Writes `dist/THIRD-PARTY-NOTICES.txt`: the licence texts of the packages whose code stands in our files. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inlined } from './inlined.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

async function noticeOf(name: string): Promise<string> {
  const folder = at(`node_modules/${name}`);
  const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${name} brings no licence text, so it must not be inlined`);
  return `${name}\n\n${(await readFile(`${folder}/${licence}`, 'utf8')).trim()}\n`;
}

const notices = await Promise.all(inlined.map(noticeOf));
await writeFile(at('dist/THIRD-PARTY-NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
