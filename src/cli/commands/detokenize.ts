import { text } from 'node:stream/consumers';
import { createGuard, detokenize, withContext } from '../../client/index.ts';
import { buildMiddleware } from '../../config/build-middleware.ts';
import { loadConfig } from '../../config/load-config.ts';

export interface DetokenizeOptions {
  readonly config: string;
  readonly mask: string;
  readonly principal?: string;
  readonly groups?: string;
  readonly purpose?: string;
  readonly keyId?: string;
}

/** Turns the tokens of standard input back, under the policy and on the record. */
export async function detokenizeTokens(options: DetokenizeOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const middleware = await buildMiddleware(config, { environment: process.env });
  const guard = createGuard({ middleware, principal: config.file.principal });
  try {
    const tokens = (await text(process.stdin)).split('\n').filter((line) => line !== '');
    const keyId = options.keyId === undefined ? {} : { keyId: Number(options.keyId) };
    const values = await withContext(contextOf(options), () =>
      detokenize(guard, { mask: options.mask, tokens, ...keyId }),
    );
    for (const value of values) console.log(JSON.stringify(value));
    return 0;
  } finally {
    await guard.close();
  }
}

function contextOf({ principal, groups, purpose }: DetokenizeOptions): Parameters<typeof withContext>[0] {
  return {
    ...(principal !== undefined && { principal: { id: principal, groups: groups?.split(',') ?? [] } }),
    ...(purpose !== undefined && { purpose }),
  };
}
