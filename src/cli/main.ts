#!/usr/bin/env node
import { Command, Option } from 'commander';
import { isGuardError } from '../errors.ts';
import type { ApprovalsOptions } from './commands/approvals.ts';
import type { AuditVerifyOptions } from './commands/audit-verify.ts';
import type { ExportOptions } from './commands/audit-export.ts';
import type { SearchOptions } from './commands/audit-search.ts';
import type { TailOptions } from './commands/audit-tail.ts';
import type { CheckOptions } from './commands/check.ts';
import type { DiffOptions } from './commands/diff.ts';
import type { DetokenizeOptions } from './commands/detokenize.ts';
import type { KeysInstallOptions } from './commands/keys-install.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { TestOptions } from './commands/test.ts';

const program = new Command('bigquery-guard').description(
  'Policy, approval, masking and audit between AI agents and BigQuery.',
);

program
  .command('serve')
  .description('run the central service, which speaks the REST interface of BigQuery')
  .requiredOption('--config <file>', 'the policy file, guard.yaml')
  .option('--host <address>', 'the address to listen on', '127.0.0.1')
  .option('--port <number>', 'the port to listen on', '8080')
  .action(async (options: { config: string; host: string; port: string }) => {
    const { serve } = await import('./commands/serve.ts');
    await serve({ ...options, port: Number(options.port) });
  });

// Wrong usage must not look like a policy or a query that is refused.
const usage = (error: { readonly exitCode: number }): never => process.exit(error.exitCode === 0 ? 0 : 2);

program
  .command('check')
  .description('check a policy file: faults, and rules that can hardly be meant, with line and column')
  .argument('<file>', 'the policy file, guard.yaml')
  .option('--catalog <file>', 'look up tables and columns in this catalog, YAML or JSON')
  .option('--json', 'print the findings as JSON')
  .option('--strict', 'end with 1 for warnings too')
  .addHelpText('after', '\nEnds with 0 when nothing is wrong, 1 for errors, 2 for wrong usage.')
  .exitOverride(usage)
  .action(async (file: string, options: CheckOptions) => {
    const { check } = await import('./commands/check.ts');
    process.exitCode = await answered(() => check(file, options));
  });

program
  .command('explain')
  .description('say what a query does, and with --config what the policy makes of it, rule by rule')
  .argument('<sql>', 'GoogleSQL, or - to read it from standard input')
  .option('--catalog <file>', 'tables and routines, as YAML or JSON; without it every table is unknown')
  .option('--project <project>', 'the project of names that have none')
  .option('--dataset <dataset>', 'the dataset of names that have none')
  .option('--config <file>', 'the policy file, guard.yaml')
  .option('--principal <id>', 'who asks; by default the principal of the policy file')
  .option('--groups <names>', 'the groups of the principal, with commas')
  .option('--agent <name>', 'the agent through which it asks')
  .option('--bytes <size>', 'what a dry run would say, such as 10 GiB; without it rules over the cost deny')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    '\nEnds with 0 when the query is understood, and with --config allowed; 1 when it is refused, 2 for wrong usage, 3 when people would be asked.',
  )
  .exitOverride(usage)
  .action(async (sql: string, options: ExplainOptions) => {
    const { explain } = await import('./commands/explain.ts');
    process.exitCode = await explain(sql, options);
  });

program
  .command('test')
  .description('decide the calls of fixture files and compare with what they expect')
  .argument('<files...>', 'fixture files, YAML or JSON')
  .option('--junit <file>', 'write the outcome as JUnit XML too')
  .option('--json', 'print the outcome as JSON')
  .addHelpText('after', '\nEnds with 0 when all is as expected, 1 when not, 2 for wrong usage.')
  .exitOverride(usage)
  .action(async (files: readonly string[], options: TestOptions) => {
    const { test } = await import('./commands/test.ts');
    process.exitCode = await answered(() => test(files, options));
  });

program
  .command('diff')
  .description('decide recorded calls by two policies, and show what changes, rule by rule')
  .argument('<old>', 'the policy file as it is')
  .argument('<new>', 'the policy file as it would be')
  .requiredOption('--replay <file>', 'a record of the audit, JSON lines')
  .option('--catalog <file>', 'tables and routines, as YAML or JSON; without it every table is unknown')
  .option('--json', 'print every change as JSON')
  .addHelpText('after', '\nEnds with 0 when nothing changes, 1 when something does, 2 for wrong usage.')
  .exitOverride(usage)
  .action(async (before: string, after: string, options: DiffOptions) => {
    const { diff } = await import('./commands/diff.ts');
    process.exitCode = await answered(() => diff(before, after, options));
  });

const record = program.command('audit').description('work with the record');

record
  .command('verify')
  .description('prove that a record is whole: nothing altered, missing, reordered or cut off')
  .argument('<folder>', 'the folder of the record')
  .option('--config <file>', 'the policy file, whose people must be those who signed the decisions')
  .option('--key <file>', 'the public key that must have signed the record, kept elsewhere')
  .action(async (folder: string, options: AuditVerifyOptions) => {
    const { auditVerify } = await import('./commands/audit-verify.ts');
    process.exitCode = await answered(() => auditVerify(folder, options));
  });

const approvals = program
  .command('approvals')
  .description('look at requests for approval and decide on them');

/** What all commands about requests ask: where they are, and who is speaking. */
function aboutRequests(name: string, description: string): Command {
  return approvals
    .command(name)
    .description(description)
    .option('--url <address>', 'the callback of a running guard')
    .option('--config <file>', 'the policy file, on the machine where the guard runs')
    .option(
      '--key-from-env <name>',
      'the variable with your private key, whsk_…',
      'BIGQUERY_GUARD_APPROVER_KEY',
    )
    .option('--json', 'print the answer as JSON')
    .exitOverride(usage);
}

aboutRequests('list', 'print what there is for you to decide').action(async (options: ApprovalsOptions) => {
  const { listApprovals } = await import('./commands/approvals.ts');
  process.exitCode = await answered(() => listApprovals(options));
});

aboutRequests('show', 'print one request in full')
  .argument('<id>', 'the request')
  .action(async (id: string, options: ApprovalsOptions) => {
    const { showApproval } = await import('./commands/approvals.ts');
    process.exitCode = await answered(() => showApproval(id, options));
  });

for (const verdict of ['approve', 'reject'] as const) {
  aboutRequests(verdict, `sign that you ${verdict} a request, and send it`)
    .argument('<id>', 'the request')
    .option('--comment <text>', 'what the agent is told')
    .action(async (id: string, options: ApprovalsOptions) => {
      const { decideApproval } = await import('./commands/approvals.ts');
      process.exitCode = await answered(() => decideApproval(id, verdict, options));
    });
}

aboutRequests('revoke', 'take back a request, an approval, or the job that runs on it')
  .argument('<id>', 'the request')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, options: ApprovalsOptions) => {
    const { revokeApproval } = await import('./commands/approvals.ts');
    process.exitCode = await answered(() => revokeApproval(id, options));
  });

approvals
  .command('new-key')
  .description('make a pair of keys for somebody who approves')
  .action(async () => {
    const { newApproverKey } = await import('./commands/approvals.ts');
    process.exitCode = newApproverKey();
  });

approvals
  .command('ping')
  .description('let the channels of a policy file show that their other ends are there')
  .requiredOption('--config <file>', 'the policy file, guard.yaml')
  .option('--channel <name>', 'only this one')
  .exitOverride(usage)
  .action(async ({ config, channel }: { readonly config: string; readonly channel?: string }) => {
    const { pingChannels } = await import('./commands/approvals-ping.ts');
    process.exitCode = await answered(() => pingChannels(config, channel));
  });

approvals
  .command('deliveries')
  .description('print from a record who was told of requests, by which channel, and what failed')
  .argument('<folder>', 'the folder of the record')
  .option('--request <id>', 'only of this request')
  .action(async (folder: string, { request }: { readonly request?: string }) => {
    const { listDeliveries } = await import('./commands/approvals-deliveries.ts');
    process.exitCode = await answered(() => listDeliveries(folder, request));
  });

chosen(record.command('search'))
  .description('find calls: who asked what, what was decided and how it ended')
  .option('--json', 'print every event of each call as JSON')
  .addHelpText('after', '\nEnds with 0 when a call fits, 1 when none does, 2 for wrong usage.')
  .exitOverride(usage)
  .action(async (path: string, options: SearchOptions) => {
    const { auditSearch } = await import('./commands/audit-search.ts');
    process.exitCode = await answered(() => auditSearch(path, options));
  });

chosen(record.command('export'))
  .description('print calls in another form')
  .addOption(
    new Option(
      '--form <form>',
      'lines of JSON, a table, OCSF 1.8 (datastore activity), or a Jupyter notebook',
    )
      .choices(['jsonl', 'csv', 'ocsf', 'ocsf-1.9', 'notebook'])
      .default('jsonl'),
  )
  .exitOverride(usage)
  .action(async (path: string, options: ExportOptions) => {
    const { auditExport } = await import('./commands/audit-export.ts');
    process.exitCode = await answered(() => auditExport(path, options));
  });

record
  .command('tail')
  .description('print the last events, and with --follow those that come')
  .argument('<path>', 'the folder of the record, or one of its files')
  .option('-n, --lines <count>', 'how many of the last events', '10')
  .option('-f, --follow', 'go on until it is interrupted')
  .option('--json', 'print the events as JSON')
  .exitOverride(usage)
  .action(async (path: string, options: TailOptions) => {
    const { auditTail } = await import('./commands/audit-tail.ts');
    process.exitCode = await answered(() => auditTail(path, options));
  });

/** The options by which calls of a record are chosen. */
function chosen(command: Command): Command {
  return command
    .argument('<path>', 'the folder of the record, or one of its files')
    .option('--principal <id>', 'who asked, or for whom')
    .option('--agent <name>', 'the agent')
    .option('--session <id>', 'the session')
    .option('--table <name>', 'a table that was read or written: customers, shop.customers, …')
    .option('--column <name>', 'a column that was read or decided the answer: email, customers.email, …')
    .option('--rule <name>', 'a rule that spoke')
    .option('--since <time>', 'begun then or later')
    .option('--until <time>', 'begun before')
    .option('--text <text>', 'anywhere in what was recorded');
}

program
  .command('keys')
  .description('work with the keys of masks')
  .command('install')
  .description('put what BigQuery needs of the keys into the keyDataset, in place of what lies there')
  .requiredOption('--config <file>', 'the policy file, guard.yaml')
  .option('--account <email>', 'the account of the guard; by default that of the credentials')
  .option('--location <location>', 'where a new dataset is made: that of the tables')
  .option('--endpoint <url>', 'an emulator in place of BigQuery')
  .action(async (options: KeysInstallOptions) => {
    const { keysInstall } = await import('./commands/keys-install.ts');
    process.exitCode = await answered(() => keysInstall(options));
  });

program
  .command('detokenize')
  .description('turn tokens of a mask back into values; a rule has to allow it, and it is recorded')
  .requiredOption('--config <file>', 'the policy file, guard.yaml')
  .requiredOption('--mask <name>', 'the mask that made the tokens')
  .option('--principal <id>', 'who asks; by default the principal of the policy file')
  .option('--groups <names>', 'the groups of the principal, with commas')
  .option('--purpose <word>', 'what for')
  .option('--key-id <id>', 'which version of the key made them, for formatPreserving')
  .addHelpText(
    'after',
    '\nReads tokens from standard input, one a line, and prints a JSON text or null for each.',
  )
  .action(async (options: DetokenizeOptions) => {
    const { detokenizeTokens } = await import('./commands/detokenize.ts');
    process.exitCode = await answered(() => detokenizeTokens(options));
  });

program
  .command('demo')
  .description('an agent asks questions over a generated shop, guarded; needs @duckdb/node-api')
  .option('--emulator <url>', 'another BigQuery emulator, which will be filled, in place of our stand-in')
  .action(async ({ emulator }: { readonly emulator?: string }) => {
    const { demo } = await import('./demo/demo.ts');
    process.exitCode = await demo(emulator);
  });

program.command('demo-agent', { hidden: true }).action(async () => {
  const { runAgent } = await import('./demo/agent.ts');
  await runAgent((line) => console.log(line));
  process.exit(0);
});

/** What could not be looked at at all ends with 2. */
async function answered(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!isGuardError(error) || error.guardCode !== 'ERR_CONFIG') throw error;
    console.error(`${error.guardCode}: ${error.message}`);
    return 2;
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (!isGuardError(error)) throw error;
  console.error(`${error.guardCode}: ${error.message}`);
  process.exitCode = 1;
}
