import { knownPeople } from '../../config/known-people.ts';
import { loadConfig } from '../../config/load-config.ts';
import { verifyDecisions, type DecisionsReport } from '../../middleware/approval/index.ts';
import { readEvents, verify } from '../../middleware/audit/index.ts';

export interface AuditVerifyOptions {
  /** A policy file, whose people and issuers are compared with those of the record. */
  readonly config?: string;
}

/** Prints what is wrong with a record and where; 0 when nothing is. */
export async function auditVerify(folder: string, { config }: AuditVerifyOptions = {}): Promise<number> {
  const { ok, events, problems } = await verify(folder);
  for (const { kind, sequence, line } of problems) console.log(`line ${line}, event ${sequence}: ${kind}`);
  console.log(
    ok ? `${events} events, the chain is whole` : `${problems.length} problems in ${events} events`,
  );
  if (problems.some(({ kind }) => kind === 'unreadable')) return 1;
  const decisions = await decisionsIn(folder, config);
  for (const { sequence, approval, person, kind } of decisions.problems) {
    console.log(`event ${sequence}: the decision of ${person} on ${approval}: ${kind}`);
  }
  const { decisions: count, proved, signed, vouched } = decisions;
  console.log(`${count} decisions: ${proved} proved, ${signed} signed, ${vouched} vouched for by a channel`);
  return ok && decisions.ok ? 0 : 1;
}

async function decisionsIn(folder: string, config: string | undefined): Promise<DecisionsReport> {
  if (config === undefined) return verifyDecisions(readEvents(folder));
  const { file } = await loadConfig(config);
  const issuers = file.approval.tokens.map(({ issuer }) => issuer);
  return verifyDecisions(readEvents(folder), { people: knownPeople(file), issuers });
}
