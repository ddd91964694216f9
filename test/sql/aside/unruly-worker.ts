import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../../../src/sql/aside/messages.ts';

/** The worker, but for two words: one ends it, the other keeps it busy for ever. */
parentPort?.on('message', (message: ToWorker) => {
  if (message.type !== 'analyse') return;
  if (message.text.includes('crash')) process.exit(1);
  while (message.text.includes('for_ever'));
});

await import('../../../src/sql/aside/worker.ts');
