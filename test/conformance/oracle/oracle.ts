import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Answer } from './claims.ts';

export interface Question {
  readonly sql: string;
  readonly defaultDataset?: string;
  /** A catalog by its name, where the program was started with several. */
  readonly catalog?: string;
  /** Only the syntax is asked for. */
  readonly parseOnly?: boolean;
}

export interface Oracle {
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** One process that answers line by line, in the order asked. */
export function openOracle(binary: string, options: readonly string[]): Oracle {
  const child = spawn(binary, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];
  const ended = once(child, 'close').then(() => {
    for (const each of waiting.splice(0)) each.reject(new Error('The independent analyser has ended.'));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer: Answer = JSON.parse(line);
    waiting.shift()?.resolve(answer);
  });
  child.stdin.on('error', () => undefined);
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(question)}\n`);
      }),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
