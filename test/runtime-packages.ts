import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inlined } from '../.config/inlined.ts';

/** A package that is on a user's machine, or whose code stands in our files. */
export interface RuntimePackage {
  readonly name: string;
  /** As the lock file has it. */
  readonly licence: string;
  /** As the installed package says; nothing where another platform's package is not installed. */
  readonly stated: string | undefined;
}

interface LockEntry {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockEntry>>;

const root = fileURLToPath(new URL('..', import.meta.url));

const needsOf = (entry: LockEntry): readonly string[] =>
  Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies });

/** Node's own search: beside the package, then upwards. */
function locate(name: string, from: string, lock: Lock): string | undefined {
  const place = `${from}node_modules/${name}`;
  if (lock[place] !== undefined) return place;
  if (from === '') return undefined;
  const above = from.lastIndexOf('node_modules/');
  return locate(name, from.slice(0, above), lock);
}

function reach(lock: Lock): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const place = locate(name, from, lock);
    if (place === undefined || found.has(place)) return;
    found.add(place);
    for (const need of needsOf(lock[place] ?? {})) visit(need, `${place}/`);
  };
  for (const name of needsOf(lock[''] ?? {})) visit(name, '');
  // The build fails when it would write in what such a package brings.
  for (const name of inlined) found.add(locate(name, '', lock) ?? name);
  return [...found];
}

function statedLicence(place: string): string | undefined {
  const file = `${root}/${place}/package.json`;
  if (!existsSync(file)) return undefined;
  const manifest: { readonly license?: string } = JSON.parse(readFileSync(file, 'utf8'));
  return manifest.license ?? 'none';
}

/** Everything that the package needs at run time, optional parts included. */
export function runtimePackages(): readonly RuntimePackage[] {
  const { packages: lock }: { readonly packages: Lock } = JSON.parse(
    readFileSync(`${root}/package-lock.json`, 'utf8'),
  );
  return reach(lock).map((place) => ({
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    licence: lock[place]?.license ?? 'none',
    stated: statedLicence(place),
  }));
}
