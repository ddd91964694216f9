import { verify } from '../../middleware/audit/index.ts';

/** Prints what is wrong with a record and where; 0 when nothing is. */
export async function auditVerify(folder: string): Promise<number> {
  const { ok, events, problems } = await verify(folder);
  for (const { kind, sequence, line } of problems) console.log(`line ${line}, event ${sequence}: ${kind}`);
  console.log(
    ok ? `${events} events, the chain is whole` : `${problems.length} problems in ${events} events`,
  );
  return ok ? 0 : 1;
}
