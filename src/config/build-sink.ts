import {
  bigquerySink,
  cloudLoggingSink,
  httpSink,
  otlpSink,
  stdoutSink,
  type AuditSink,
} from '../middleware/audit/sinks/index.ts';
import type { SinkSettings } from './guard-file.ts';
import { secret, type Environment } from './secret.ts';

/** Makes one of the `audit.sinks` of a policy file, which names exactly one kind. */
export async function buildSink(
  name: string,
  settings: SinkSettings,
  environment: Environment,
): Promise<AuditSink> {
  const { http, otlp, cloudLogging, bigquery, project, confirm } = settings;
  const from = (variable: string, key: string): string =>
    secret(environment, variable, `audit.sinks.${name}.${key}`);
  const { secretFromEnv, authorizationFromEnv } = settings;
  const headers =
    authorizationFromEnv === undefined
      ? {}
      : { authorization: from(authorizationFromEnv, 'authorizationFromEnv') };
  if (http !== undefined) {
    const secrets = secretFromEnv === undefined ? [] : [from(secretFromEnv, 'secretFromEnv')];
    return httpSink({ name, url: http, secrets, headers, ...(confirm !== undefined && { confirm }) });
  }
  if (otlp !== undefined) return otlpSink({ name, url: otlp, headers });
  const where = project === undefined ? {} : { projectId: project };
  if (cloudLogging !== undefined) return cloudLoggingSink({ name, log: cloudLogging, client: where });
  if (bigquery === undefined) return stdoutSink({ name });
  const [dataset = '', table = ''] = bigquery.split('.');
  // Loaded here: who has no such sink needs no second client.
  const { BigQuery } = await import('@google-cloud/bigquery');
  return bigquerySink({ name, client: new BigQuery(where), dataset, table });
}
