#!/usr/bin/env node
import { Command } from 'commander';
import { isGuardError } from '../errors.ts';
import type { ExplainOptions } from './commands/explain.ts';

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

program
  .command('check')
  .description('check a policy file; faults are shown with line and column')
  .argument('<file>', 'the policy file, guard.yaml')
  .action(async (file: string) => {
    const { check } = await import('./commands/check.ts');
    await check(file);
  });

program
  .command('explain')
  .description('say what a query does: statements, tables, columns, lineage, and what cannot be proved')
  .argument('<sql>', 'GoogleSQL, or - to read it from standard input')
  .option('--catalog <file>', 'tables and routines, as YAML or JSON; without it every table is unknown')
  .option('--project <project>', 'the project of names that have none')
  .option('--dataset <dataset>', 'the dataset of names that have none')
  .option('--json', 'print the facts as JSON')
  .addHelpText(
    'after',
    '\nEnds with 0 when the query is understood, 1 when a gap refuses it, 2 for wrong usage.',
  )
  // Wrong usage must not look like a query that is refused.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (sql: string, options: ExplainOptions) => {
    const { explain } = await import('./commands/explain.ts');
    process.exitCode = await explain(sql, options);
  });

program
  .command('audit')
  .description('work with the record')
  .command('verify')
  .description('prove that a record is whole: nothing altered, missing, reordered or cut off')
  .argument('<folder>', 'the folder of the record')
  .action(async (folder: string) => {
    const { auditVerify } = await import('./commands/audit-verify.ts');
    process.exitCode = await auditVerify(folder);
  });

program
  .command('demo')
  .description('an agent asks questions over a generated shop, guarded; needs @duckdb/node-api')
  .action(async () => {
    const { demo } = await import('./demo/demo.ts');
    process.exitCode = await demo();
  });

program.command('demo-agent', { hidden: true }).action(async () => {
  const { runAgent } = await import('./demo/agent.ts');
  await runAgent((line) => console.log(line));
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  if (!isGuardError(error)) throw error;
  console.error(`${error.guardCode}: ${error.message}`);
  process.exitCode = 1;
}
