import { buildChannel } from '../../config/build-channel.ts';
import { loadConfig } from '../../config/load-config.ts';
import { GuardError } from '../../errors.ts';

/** Lets each channel of a policy file show that its other end is there; 1 when one is not. */
export async function pingChannels(config: string, only: string | undefined): Promise<number> {
  const { file } = await loadConfig(config);
  const chosen = Object.entries(file.channels).filter(([name]) => only === undefined || name === only);
  if (chosen.length === 0)
    throw new GuardError('ERR_CONFIG', `There is no channel ${only ?? ''} in ${config}.`);
  const answers = await Promise.all(
    chosen.map(async ([name, settings]) => {
      const channel = buildChannel(name, settings, file, process.env);
      const answer = await channel.ping?.(AbortSignal.timeout(20_000));
      return { name, ok: answer?.ok ?? true, detail: answer?.detail ?? 'has nothing to be pinged' };
    }),
  );
  for (const { name, ok, detail } of answers) console.log(`${name}: ${ok ? 'ok' : 'FAILED'}, ${detail}`);
  return answers.every(({ ok }) => ok) ? 0 : 1;
}
