import type { Call } from '../../call/call.ts';
import { GuardError } from '../../errors.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import type { Facts, TableFact } from '../../sql/facts.ts';
import { sameTable } from '../policy/subject.ts';

/**
 * BigQuery's own reading of the query against ours: a table that the analysis did not see was judged by no rule, so
 * the query does not run. The record has its name, the caller does not. `own`: what masks read.
 */
export function refuseUnseen(
  call: Call,
  facts: Facts,
  referenced: readonly ObjectName[],
  own: readonly ObjectName[] = [],
): void {
  const others = referenced.filter((name) => !own.some((each) => sameTable(each, name)));
  if (others.every((name) => facts.tables.some((table) => covers(table, name)))) return;
  throw new GuardError(
    'ERR_SQL_UNPROVEN',
    'The query was not sent: BigQuery would read a table for it that was not found in its text, so no rule has judged it. Name the tables that you need in a plain SELECT.',
    {
      callId: call.id,
      reasons: [{ rule: 'dry-run', message: 'BigQuery would read a table that was not seen' }],
    },
  );
}

function covers({ name, kind }: TableFact, { project, dataset, name: table }: ObjectName): boolean {
  // BigQuery writes the views of INFORMATION_SCHEMA as tables of a dataset of that name, or of a region.
  if (kind === 'informationSchema' && /INFORMATION_SCHEMA/i.test(`${dataset}.${table}`)) {
    return name.project === project;
  }
  if (name.project !== project || name.dataset !== dataset) return false;
  return kind === 'wildcard' ? table.startsWith(name.name.replace(/\*$/, '')) : name.name === table;
}
