import { GuardError } from '../errors.ts';
import { askedGroups } from '../middleware/policy/asked-groups.ts';
import type { PolicyFault } from '../middleware/policy/policy-fault.ts';
import type { GuardFile } from './guard-file.ts';
import type { GuardConfig } from './load-config.ts';

/** Rules that ask people whom no channel tells: they would hold every call that they meet. */
export function unaskable({ rules, channels }: GuardFile): readonly PolicyFault[] {
  const told = Object.values(channels).map(({ notify }) => notify);
  const isTold = (group: string): boolean =>
    told.some((groups) => groups === undefined || groups.includes(group));
  return rules.flatMap((rule, index) => {
    const asked = rule.effect === 'require-approval' ? askedGroups(rule.approval) : [];
    return asked
      .filter(({ group }) => !isTold(group))
      .map(({ group, at }) => ({
        path: ['rules', index, 'approval', ...at],
        message: `Rule ${rule.name} asks ${group}, whom no channel tells. Name the group in notify of one of the channels.`,
      }));
  });
}

/** @throws {GuardError} ERR_CONFIG with the place of the first rule that could ask nobody. */
export function refuseUnaskable(config: GuardConfig): void {
  const [fault] = unaskable(config.file);
  if (fault === undefined) return;
  throw new GuardError('ERR_CONFIG', `${config.locate(fault.path)} ${fault.message}`);
}
