import { z } from 'zod';
import { GuardError } from '../errors.ts';
import type { Rule } from '../middleware/policy/document.ts';
import { faults } from './faults.ts';
import type { GuardFile } from './guard-file.ts';
import type { Merged } from './merge-sources.ts';
import { isPlainRule } from './plain-rule.ts';
import { guardFile } from './schema.ts';

/**
 * Judges what the files say, by the schema.
 * @throws {GuardError} ERR_CONFIG with one line per fault.
 */
export function judgeFile(merged: Merged): GuardFile {
  const { value } = merged;
  const written: unknown = value['rules'];
  const list: readonly unknown[] = Array.isArray(written) ? written : [];
  const plain = list.map((rule) => (isPlainRule(rule) ? rule : undefined));
  const places = [...plain.keys()].filter((place) => plain[place] === undefined);
  const rules = list === written ? places.map((place) => list[place]) : written;
  const parsed = guardFile.safeParse(written === undefined ? value : { ...value, rules });
  if (!parsed.success)
    throw new GuardError(
      'ERR_CONFIG',
      faults(inPlace(parsed.error, places), guardFile, (path) => merged.locate(path)),
    );
  return { ...parsed.data, rules: together(plain, parsed.data.rules) };
}

function together(plain: readonly (Rule | undefined)[], judged: readonly Rule[]): readonly Rule[] {
  const others = judged.values();
  return plain.flatMap((rule) => rule ?? others.next().value ?? []);
}

/** The schema was shown some of the rules only. */
function inPlace({ issues }: z.ZodError, places: readonly number[]): z.ZodError {
  return new z.ZodError(
    issues.map((issue) => {
      const [section, index, ...rest] = issue.path;
      if (section !== 'rules' || typeof index !== 'number') return issue;
      return { ...issue, path: [section, places[index] ?? index, ...rest] };
    }),
  );
}
