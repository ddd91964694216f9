import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import { faults } from './faults.ts';
import { fixtureFile, type FixtureFile } from './fixture-file.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads a fixture file, YAML or JSON.
 * @throws {GuardError} ERR_CONFIG: `fixtures.yaml:7:13 tests.1.expect …`, one line per fault, at most ten.
 */
export async function loadFixtures(path: string): Promise<FixtureFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The fixture file ${path} cannot be read. Check the path and its permissions.`;
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
  const yaml = readYaml(text, path);
  const parsed = fixtureFile.safeParse(yaml.value);
  if (!parsed.success)
    throw new GuardError(
      'ERR_CONFIG',
      faults(parsed.error, fixtureFile, (place) => `${path}:${yaml.locate(place)}`),
    );
  return parsed.data;
}
