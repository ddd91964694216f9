import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { GuardError } from '../../errors.ts';
import { knownPeople } from '../../config/known-people.ts';
import { loadConfig } from '../../config/load-config.ts';
import { verifyDecisions, type DecisionsReport } from '../../middleware/approval/index.ts';
import { readEvents, verify } from '../../middleware/audit/index.ts';

export interface AuditVerifyOptions {
  /** A policy file, whose people and issuers are compared with those of the record. */
  readonly config?: string;
  /** The public key that must have signed, in PEM form, kept elsewhere than the record. */
  readonly key?: string;
}

/** Prints what is wrong with a record and where; 0 when nothing is. */
export async function auditVerify(folder: string, { config, key }: AuditVerifyOptions = {}): Promise<number> {
  const report = await verify(folder, key === undefined ? {} : { key: await publicKey(key) });
  const { ok, events, problems, unsigned } = report;
  for (const { kind, file, message } of problems) console.log(`${kind}: ${basename(file)}: ${message}`);
  console.log(
    ok ? `${events} events, the chain is whole` : `${problems.length} problems in ${events} events`,
  );
  if (unsigned > 0) console.log(`${unsigned} events at the end of the record are covered by no signature`);
  if (problems.some(({ kind }) => kind === 'unreadable')) return 1;
  const decisions = await decisionsIn(folder, config);
  for (const { sequence, approval, person, kind } of decisions.problems) {
    console.log(`event ${sequence}: the decision of ${person} on ${approval}: ${kind}`);
  }
  const { decisions: count, proved, signed, vouched } = decisions;
  console.log(`${count} decisions: ${proved} proved, ${signed} signed, ${vouched} vouched for by a channel`);
  return ok && decisions.ok ? 0 : 1;
}

/** @throws {GuardError} ERR_CONFIG when it is no public key. */
async function publicKey(path: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new GuardError('ERR_CONFIG', `${path} is no public key in PEM form that can be read.`, { cause });
  }
}

async function decisionsIn(folder: string, config: string | undefined): Promise<DecisionsReport> {
  if (config === undefined) return verifyDecisions(readEvents(folder));
  const { file } = await loadConfig(config);
  const issuers = file.approval.tokens.map(({ issuer }) => issuer);
  return verifyDecisions(readEvents(folder), { people: knownPeople(file), issuers });
}
