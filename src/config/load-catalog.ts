import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import { staticCatalog } from '../sql/catalog-static.ts';
import type { Catalog } from '../sql/catalog.ts';
import { catalogFile } from './catalog-file.ts';
import { faults } from './faults.ts';
import { readYaml } from './read-yaml.ts';

/** A catalog file that was read and checked. */
export interface LoadedCatalog {
  readonly catalog: Catalog;
  /** The project of names that have none. */
  readonly project: string | undefined;
  /** Full names of all tables and routines. */
  readonly names: { readonly tables: readonly string[]; readonly routines: readonly string[] };
}

/**
 * Reads a catalog out of a YAML or JSON file.
 * @throws {GuardError} ERR_CONFIG: `catalog.yaml:7:13 tables.1.columns …`, one line per fault, at most ten.
 */
export async function loadCatalog(path: string): Promise<LoadedCatalog> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new GuardError(
      'ERR_CONFIG',
      `The catalog file ${path} cannot be read. Check the path and its permissions.`,
      { cause },
    );
  }
  return parseCatalog(text, path);
}

/** Like `loadCatalog`, for a text in memory; `name` stands in the messages. */
export function parseCatalog(text: string, name = 'catalog.yaml'): LoadedCatalog {
  const yaml = readYaml(text, name);
  const parsed = catalogFile.safeParse(yaml.value);
  if (!parsed.success)
    throw new GuardError(
      'ERR_CONFIG',
      faults(parsed.error, catalogFile, (place) => `${name}:${yaml.locate(place)}`),
    );
  const { project, caseInsensitive, tables, routines } = parsed.data;
  const full = <Item extends { readonly name: string }>(item: Item): Item =>
    project === undefined || item.name.split('.').length > 2
      ? item
      : { ...item, name: `${project}.${item.name}` };
  const named = { tables: tables.map(full), routines: routines.map(full) };
  return {
    project,
    names: {
      tables: named.tables.map(({ name: each }) => each),
      routines: named.routines.map(({ name: each }) => each),
    },
    catalog: staticCatalog({
      ...named,
      ...(caseInsensitive === undefined ? {} : { caseInsensitive }),
    }),
  };
}
