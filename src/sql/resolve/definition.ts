import type { Pass } from './pass.ts';

/** A statement that creates a table, view or routine. */
interface Definition {
  readonly orReplace: boolean;
  readonly temporary?: boolean;
}

/** What is temporary belongs to the text itself, so that nothing that was there is lost. */
export function noteDefinition({ orReplace, temporary }: Definition, { facts }: Pass): void {
  facts.flags.add('ddl');
  if (orReplace && temporary !== true) facts.flags.add('replaces');
}
