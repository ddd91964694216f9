import { GuardError } from '../errors.ts';
import type { SourceFile, SourceFiles } from './read-sources.ts';

/** What several files say together, with a way back to the place of each value. */
export interface Merged {
  readonly value: Readonly<Record<string, unknown>>;
  /** `rules/shop.yaml:7:13` for the value at the path, or for the nearest one around it. */
  locate(path: readonly PropertyKey[], at?: number): string;
}

/** A section, as one of the files has it. */
interface Piece {
  readonly source: SourceFile;
  readonly value: unknown;
}

/** What each file says for itself. */
const own = new Set(['$schema', 'version', 'include', 'environments']);

/**
 * Lists are joined, names are added to each other, everything else may stand in one file only. So nothing replaces
 * anything, and the order of the files does not matter.
 * @throws {GuardError} ERR_CONFIG when two files say the same name or setting, with both places.
 */
export function mergeSources(sources: SourceFiles): Merged {
  const sections = new Map<string, Piece[]>();
  for (const source of sources) {
    for (const [key, value] of Object.entries(source.yaml.value ?? {})) {
      if (own.has(key) && source !== sources[0]) continue;
      const pieces = sections.get(key);
      if (pieces === undefined) sections.set(key, [{ source, value }]);
      else pieces.push({ source, value });
    }
  }
  const merged = [...sections].map(([key, pieces]) => [key, mergeSection(key, pieces)] as const);
  return {
    value: Object.fromEntries(merged),
    locate: (path, at) => locate(sources[0], sections, path, at),
  };
}

/** Sections whose entries have names as their keys. */
const named = new Set(['people', 'channels', 'engines', 'tags', 'keys']);

function mergeSection(key: string, pieces: readonly Piece[]): unknown {
  const [first, second] = pieces;
  if (second === undefined) return first?.value;
  if (pieces.every(({ value }) => Array.isArray(value))) return pieces.flatMap(({ value }) => value);
  if (!named.has(key) || !pieces.every(({ value }) => isMapping(value)))
    throw twice([key], pieces, 'A setting may stand in one file only');
  const entries = pieces.flatMap(({ value }) => Object.entries(value ?? {}));
  const names = new Set<string>();
  for (const [name] of entries) {
    if (names.has(name)) throw twice([key, name], pieces, 'Every name may be defined once');
    names.add(name);
  }
  return Object.fromEntries(entries);
}

const isMapping = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function twice(path: readonly string[], pieces: readonly Piece[], rule: string): GuardError {
  const places = pieces.filter((piece) => holds(piece, path[1])).map(({ source }) => placeIn(source, path));
  return new GuardError(
    'ERR_CONFIG',
    `${places.at(-1)} ${path.join('.')} also stands at ${places[0]}. ${rule}.`,
  );
}

const holds = ({ value }: Piece, key: PropertyKey | undefined): boolean =>
  key === undefined || (typeof value === 'object' && value !== null && Object.hasOwn(value, key));

const placeIn = ({ name, yaml }: SourceFile, path: readonly PropertyKey[], at?: number): string =>
  `${name}:${yaml.locate(path, at)}`;

function locate(
  main: SourceFile,
  sections: ReadonlyMap<string, readonly Piece[]>,
  path: readonly PropertyKey[],
  at: number | undefined,
): string {
  const [key, entry, ...rest] = path;
  const pieces = sections.get(String(key)) ?? [];
  if (typeof entry !== 'number') {
    const piece = pieces.find((each) => holds(each, entry)) ?? pieces[0];
    return placeIn(piece?.source ?? main, path, at);
  }
  let index = entry;
  for (const { source, value } of pieces) {
    const { length } = Array.isArray(value) ? value : [];
    if (index < length) return placeIn(source, [String(key), index, ...rest], at);
    index -= length;
  }
  return placeIn(pieces[0]?.source ?? main, path, at);
}
