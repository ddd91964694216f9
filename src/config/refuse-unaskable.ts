import { GuardError } from '../errors.ts';
import type { PolicyFault } from '../middleware/policy/policy-fault.ts';
import type { GuardFile } from './guard-file.ts';
import type { GuardConfig } from './load-config.ts';

/** Rules that ask people whom no channel tells: they would hold every call that they meet. */
export function unaskable({ rules, channels }: GuardFile): readonly PolicyFault[] {
  const told = Object.values(channels).map(({ notify }) => notify);
  return rules.flatMap((rule, index) =>
    rule.effect === 'require-approval'
      ? rule.approval.from.flatMap((group, place) =>
          told.some((groups) => groups === undefined || groups.includes(group))
            ? []
            : [
                {
                  path: ['rules', index, 'approval', 'from', place],
                  message: `Rule ${rule.name} asks ${group}, whom no channel tells. Name the group in notify of one of the channels.`,
                },
              ],
        )
      : [],
  );
}

/** @throws {GuardError} ERR_CONFIG with the place of the first rule that could ask nobody. */
export function refuseUnaskable(config: GuardConfig): void {
  const [fault] = unaskable(config.file);
  if (fault === undefined) return;
  throw new GuardError('ERR_CONFIG', `${config.locate(fault.path)} ${fault.message}`);
}
