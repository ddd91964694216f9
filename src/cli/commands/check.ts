import { loadConfig } from '../../config/load-config.ts';
import { limitWarnings } from '../../middleware/limits/index.ts';
import { compilePolicy } from '../../middleware/policy/index.ts';

/** Reads a policy file as `serve` would, and says what is in it. */
export async function check(file: string): Promise<void> {
  const { policy } = await loadConfig(file);
  const { digest } = compilePolicy(policy);
  const { rules, masks, limits, budgets = [] } = policy;
  console.log(
    `${file}: ${rules.length} rules, ${masks.length} masks, ${limits.length} limits, ${budgets.length} budgets; digest ${digest}`,
  );
  for (const warning of limitWarnings(policy)) console.log(`${file}: warning: ${warning}`);
}
