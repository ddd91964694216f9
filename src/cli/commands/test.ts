import { writeFile } from 'node:fs/promises';
import { oneLine } from '../explain/excerpt.ts';
import { junit } from '../fixtures/junit.ts';
import { runFixtures, type FixtureRun, type TestRun } from '../fixtures/run-fixtures.ts';

export interface TestOptions {
  readonly junit?: string;
  readonly json?: boolean;
}

/** Runs fixture files: 0 when every decision is as expected, 1 otherwise. */
export async function test(files: readonly string[], options: TestOptions): Promise<number> {
  const runs: FixtureRun[] = [];
  for (const file of files) runs.push(await runFixtures(file));
  if (options.junit !== undefined) await writeFile(options.junit, junit(runs));
  const report = { runs, uncovered: uncovered(runs) };
  console.log(options.json === true ? JSON.stringify(report, null, 2) : text(runs).join('\n'));
  return runs.some(({ tests }) => tests.some(isFailure)) ? 1 : 0;
}

const isFailure = ({ differences }: TestRun): boolean => differences.length > 0;

function text(runs: readonly FixtureRun[]): readonly string[] {
  const tests = runs.flatMap((run) => run.tests);
  const failed = tests.filter(isFailure).length;
  return [
    ...runs.flatMap(({ file, tests: own }) => [file, ...own.flatMap(testLines)]),
    '',
    ...Object.entries(uncovered(runs)).map(([policy, names]) =>
      names.length === 0
        ? `${policy}: every rule and mask decided something`
        : `${policy}: nothing was decided by ${names.join(', ')}`,
    ),
    `${tests.length - failed} passed, ${failed} failed`,
  ];
}

function testLines({ name, differences }: TestRun): readonly string[] {
  return [
    `  ${differences.length === 0 ? 'ok  ' : 'FAIL'} ${oneLine(name)}`,
    ...differences.flatMap(({ what, expected, found }) => [
      `         ${what}: expected ${oneLine(expected)}`,
      `         ${' '.repeat(what.length)}     found ${oneLine(found)}`,
    ]),
  ];
}

/** By policy file: what no test of any file made decide something. */
function uncovered(runs: readonly FixtureRun[]): Readonly<Record<string, readonly string[]>> {
  const byPolicy = new Map<string, readonly string[]>();
  for (const { policy, undecided } of runs) {
    const before = byPolicy.get(policy);
    byPolicy.set(policy, before?.filter((name) => undecided.includes(name)) ?? undecided);
  }
  return Object.fromEntries(byPolicy);
}
