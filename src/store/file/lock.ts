import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isJsonObject } from '../../call/json.ts';
import { newId } from '../../call/new-id.ts';
import { systemCode } from '../../call/system-code.ts';

/** One process at a time may write to a file. Node has no kernel locks, so a file beside it says who does. */
export interface Lock {
  release(): Promise<void>;
}

interface Owner {
  readonly process: number;
  readonly host: string;
  /** Tells a process from a later one that was given the same number; empty where unknown. */
  readonly started: string;
}

/** `undefined` when another process that lives, or one on another machine, holds it. */
export async function takeLock(path: string): Promise<Lock | undefined> {
  const own = JSON.stringify(ownerOf(process.pid));
  if (await place(path, own)) return lock(path, own);
  const holder = await content(path);
  // Let go in between. Removing it as if its owner were dead could remove the lock of who is faster now.
  if (holder === undefined) return (await place(path, own)) ? lock(path, own) : undefined;
  if (mayLive(holder)) return undefined;
  return (await takeOver(path, holder, own)) ? lock(path, own) : undefined;
}

/** Two processes that find the same dead owner must not both win, so only the holder of a second lock removes it. */
async function takeOver(path: string, dead: string, own: string): Promise<boolean> {
  const breaker = `${path}.break`;
  await removeOld(breaker);
  if (!(await place(breaker, own))) return false;
  try {
    if ((await content(path)) !== dead) return false;
    await rm(path, { force: true });
    return await place(path, own);
  } finally {
    await rm(breaker, { force: true });
  }
}

const breakingTakesMs = 10_000;

async function removeOld(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > breakingTakesMs) await rm(path, { force: true });
}

/** Whole or not at all: the text is written under another name and linked into place. */
async function place(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${newId()}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function lock(path: string, own: string): Lock {
  return {
    async release() {
      if ((await content(path)) === own) await rm(path, { force: true });
    },
  };
}

async function content(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function mayLive(holder: string): boolean {
  const owner = parsed(holder);
  if (owner === undefined) return false;
  if (owner.host !== hostname()) return true;
  return isRunning(owner.process) && startOf(owner.process) === owner.started;
}

function parsed(text: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(text);
    if (!isJsonObject(owner)) return undefined;
    const { process: id, host, started } = owner;
    if (typeof id !== 'number' || typeof host !== 'string' || typeof started !== 'string') return undefined;
    return { process: id, host, started };
  } catch {
    return undefined;
  }
}

function ownerOf(id: number): Owner {
  return { process: id, host: hostname(), started: startOf(id) };
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Linux counts clock ticks from boot to the start of a process: field 22 of proc(5) stat. */
function startOf(id: number): string {
  try {
    const line = readFileSync(`/proc/${id}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
