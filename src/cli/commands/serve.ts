import { loadConfig } from '../../config/load-config.ts';
import { startGuardService } from '../../service/start-guard-service.ts';

export interface ServeOptions {
  readonly config: string;
  readonly host: string;
  readonly port: number;
}

/** Runs the service until the process is told to stop; calls under way are finished first. */
export async function serve({ config, host, port }: ServeOptions): Promise<void> {
  const service = await startGuardService(await loadConfig(config), {
    host,
    port,
    environment: process.env,
    onError: (error) => console.error(error instanceof Error ? error.name : 'unknown failure'),
  });
  console.log(`bigquery-guard listens on ${service.url}`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await service.close();
}
