import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { GuardError } from '../errors.ts';
import { faults } from './faults.ts';
import { readYaml, type YamlText } from './read-yaml.ts';

/** One of the files that a policy is written in. */
export interface SourceFile {
  /** As it stands in messages. */
  readonly name: string;
  /** Empty for a module, which is read once. */
  readonly text: string;
  readonly yaml: YamlText;
}

export type SourceFiles = readonly [SourceFile, ...SourceFile[]];

const files = z.array(z.string().min(1)).min(1);

/** What every file says for itself; the rest is judged once all of them are put together. */
const part = z.looseObject({ version: z.literal(1), include: files.optional() });

const main = part.extend({ environments: z.record(z.string(), files).optional() });

/**
 * Reads a policy file, what it includes, and what belongs to the environment.
 * @throws {GuardError} ERR_CONFIG, with the place of the `include` that is wrong.
 */
export async function readSources(path: string, environment?: string): Promise<SourceFiles> {
  const reading: Reading = { folder: dirname(path), seen: new Map() };
  const first = await readSource(path, `The policy file ${path} cannot be read`);
  reading.seen.set(await realpath(path), first);
  const { environments } = checked(main, first);
  const chosen = chooseEnvironment(first, environments, environment);
  await readIncludes(first, [path], reading);
  for (const [index, file] of (environments?.[chosen ?? ''] ?? []).entries())
    await readIncluded(file, ['environments', chosen ?? '', index], first, [path], reading);
  return [first, ...[...reading.seen.values()].slice(1)];
}

/** A text in memory has no folder, so that it can include nothing. */
export function sourceOf(text: string, name: string): SourceFiles {
  const source = { name, text, yaml: readYaml(text, name) };
  const said = checked(main, source);
  const key = said.include === undefined ? 'environments' : 'include';
  if (said[key] !== undefined)
    throw wrong(source, [key], 'Only a policy that lies in a file can include others');
  return [source];
}

interface Reading {
  readonly folder: string;
  /** By their real paths: a file that is included from two places is read once. */
  readonly seen: Map<string, SourceFile>;
}

async function readIncludes(source: SourceFile, chain: readonly string[], reading: Reading): Promise<void> {
  const { include = [] } = checked(part, source);
  for (const [index, file] of include.entries())
    await readIncluded(file, ['include', index], source, chain, reading);
}

async function readIncluded(
  file: string,
  place: readonly PropertyKey[],
  source: SourceFile,
  chain: readonly string[],
  reading: Reading,
): Promise<void> {
  const name = join(dirname(source.name), file);
  if (isAbsolute(file) || !liesIn(resolve(name), resolve(reading.folder)))
    throw outside(source, place, file, reading);
  if (chain.some((each) => resolve(each) === resolve(name)))
    throw wrong(
      source,
      place,
      `The files include each other: ${[...chain, name].join(' -> ')}. Take one include out`,
    );
  const real = await realpath(name).catch((cause: unknown) => {
    throw wrong(source, place, `The file ${name} cannot be read. Check the path and its permissions`, cause);
  });
  if (!liesIn(real, await realpath(reading.folder))) throw outside(source, place, file, reading);
  if (reading.seen.has(real)) return;
  const included = await readSource(
    name,
    `${source.name}:${source.yaml.locate(place)} The file ${name} cannot be read`,
  );
  reading.seen.set(real, included);
  await readIncludes(included, [...chain, name], reading);
}

const liesIn = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

function outside(
  source: SourceFile,
  place: readonly PropertyKey[],
  file: string,
  { folder }: Reading,
): GuardError {
  return wrong(
    source,
    place,
    `${file} lies outside of ${folder}, the folder of the policy file. Put it there`,
  );
}

async function readSource(name: string, failure: string): Promise<SourceFile> {
  if (/\.[cm]?[jt]s$/.test(name)) return readModule(name, failure);
  try {
    const text = await readFile(name, 'utf8');
    return { name, text, yaml: readYaml(text, name) };
  } catch (cause) {
    if (cause instanceof GuardError) throw cause;
    throw new GuardError('ERR_CONFIG', `${failure}. Check the path and its permissions.`, { cause });
  }
}

/** By `require`, which Jest has too, and which reads TypeScript and ES modules alike. */
function readModule(name: string, failure: string): SourceFile {
  const path = resolve(name);
  try {
    const module: unknown = createRequire(path)(path);
    const isModule = typeof module === 'object' && module !== null && 'default' in module;
    return { name, text: '', yaml: { value: isModule ? module.default : module, locate: () => '1:1' } };
  } catch (cause) {
    throw new GuardError('ERR_CONFIG', `${failure}: the module throws or is not there.`, { cause });
  }
}

function chooseEnvironment(
  source: SourceFile,
  environments: Readonly<Record<string, unknown>> | undefined,
  environment: string | undefined,
): string | undefined {
  const names = Object.keys(environments ?? {});
  if (environment === undefined || environment === '') {
    if (environments === undefined) return undefined;
    const message = `BIGQUERY_GUARD_ENVIRONMENT is not set. Set it to one of ${names.join(', ')}`;
    throw wrong(source, ['environments'], message);
  }
  if (names.includes(environment)) return environment;
  const known =
    names.length === 0 ? 'and the file has no environments' : `which is none of ${names.join(', ')}`;
  throw wrong(source, ['environments'], `BIGQUERY_GUARD_ENVIRONMENT is ${environment}, ${known}`);
}

function checked<Said>(schema: z.ZodType<Said>, { name, yaml }: SourceFile): Said {
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  throw new GuardError(
    'ERR_CONFIG',
    faults(parsed.error, schema, (path) => `${name}:${yaml.locate(path)}`),
  );
}

function wrong(
  { name, yaml }: SourceFile,
  place: readonly PropertyKey[],
  message: string,
  cause?: unknown,
): GuardError {
  return new GuardError('ERR_CONFIG', `${name}:${yaml.locate(place)} ${message}.`, { cause });
}
