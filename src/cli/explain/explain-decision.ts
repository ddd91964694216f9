import type { Call } from '../../call/call.ts';
import { queryRequest } from '../../call/query-request.ts';
import { compileConfig, loadConfig } from '../../config/load-config.ts';
import { defaultDataset } from '../../middleware/policy/subject.ts';
import { rehearsedCall } from '../../middleware/rehearsal/rehearsed-call.ts';
import { rehearse, type Known, type Rehearsal } from '../../middleware/rehearsal/rehearse.ts';
import { analyse, type Catalog } from '../../sql/index.ts';
import { askerOf, bytesOf, type AskerOptions } from './asker.ts';
import { decisionReport } from './decision-report.ts';
import { jsonText } from './json-text.ts';
import { report } from './report.ts';

export interface DecisionOptions extends AskerOptions {
  readonly config: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/** Says what a policy makes of a query: 0 when it may run, 1 when it is refused, 3 when it waits for people. */
export async function explainDecision(sql: string, known: Known, options: DecisionOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const { file, policy } = config;
  const call = rehearsedCall({ sql, dataset: options.dataset }, policy.project);
  const rehearsal = await rehearse(compileConfig(config), call, askerOf(options, file.principal), {
    ...known,
    bytes: bytesOf(options.bytes),
  });
  if (options.json === true) console.log(jsonText(rehearsal));
  else console.log(`${await factsText(sql, call, known.catalog, rehearsal)}${decisionReport(rehearsal)}`);
  return codes[rehearsal.effect];
}

const codes = { allow: 0, deny: 1, 'require-approval': 3 } as const;

/** Of a query that is refused for what it may do, everything that was found out, and where it ends. */
async function factsText(
  sql: string,
  call: Call,
  catalog: Catalog,
  { facts, code }: Rehearsal,
): Promise<string> {
  if (facts !== undefined) return `${report(sql, facts)}\n\n`;
  if (code !== 'ERR_SQL_SYNTAX' && code !== 'ERR_SQL_UNPROVEN') return '';
  const query = queryRequest(call);
  const scope = query === undefined ? {} : defaultDataset(query, call.project);
  const analysis = await analyse(sql, { catalog, project: call.project, ...scope });
  return `${report(sql, analysis.facts)}\n\n`;
}
