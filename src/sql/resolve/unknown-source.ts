import type { Path } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import { columnSource, noSources } from '../lineage/source.ts';
import type { Value } from '../lineage/value.ts';
import type { Column, Source } from '../scope/source.ts';
import { noteUse, starAndQualifier } from './catalog-source.ts';
import type { Pass } from './pass.ts';
import type { Reference } from './reference.ts';

/** A table whose columns are not known: it may have any. */
export function unknownSource(
  name: ObjectName,
  pass: Pass,
  reference: Reference | undefined,
  alias: string,
  path?: Path,
): Source {
  return {
    alias,
    table: name,
    ...(path === undefined ? {} : { path }),
    open: true,
    columns: () => [],
    find: () => undefined,
    row() {
      if (reference !== undefined) reference.rowUsed = true;
      pass.facts.columns.add(columnSource(name, '*'));
      return unknownColumn(name, '*');
    },
    guess: (column) => guessed(name, column, pass, reference),
    ...(reference === undefined ? {} : starAndQualifier(reference)),
  };
}

function guessed(table: ObjectName, name: string, pass: Pass, reference: Reference | undefined): Column {
  return {
    name,
    value: unknownColumn(table, name),
    read(_fields, use) {
      pass.facts.columns.add(columnSource(table, name));
      if (reference !== undefined) noteUse(reference, name, false, use);
    },
  };
}

function unknownColumn(table: ObjectName, column: string): Value {
  return {
    type: undefined,
    paths: new Set([columnSource(table, column)]),
    computed: noSources,
    copied: false,
  };
}
