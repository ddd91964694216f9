import { createRequire } from 'node:module';
import {
  Server,
  ServerCredentials,
  type status,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

/** What of a log entry the tests look at, as it comes over the wire. */
export interface WireEntry {
  readonly insertId: string;
  readonly severity: string;
  readonly timestamp: { readonly seconds: string; readonly nanos?: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly split?: { readonly uid: string; readonly index?: number; readonly totalSplits: number };
  readonly jsonPayload: { readonly fields: Readonly<Record<string, WireValue>> };
}

export interface WireValue {
  readonly stringValue?: string;
  readonly numberValue?: number;
}

interface WriteRequest {
  readonly logName: string;
  readonly entries: readonly WireEntry[];
}

export interface LoggingService {
  readonly port: number;
  readonly requests: readonly WriteRequest[];
  /** What is answered instead; undefined means success. */
  answer(code: ((entries: readonly WireEntry[]) => status | undefined) | undefined): void;
  close(): Promise<void>;
}

/** A server of `google.logging.v2.LoggingServiceV2` over gRPC, by the definitions that Google's client brings. */
export async function loggingService(): Promise<LoggingService> {
  const load = createRequire(import.meta.url);
  const descriptions: Parameters<typeof fromJSON>[0] = load(
    createRequire(load.resolve('@google-cloud/logging')).resolve(
      '@google-cloud/logging-api/build/protos/protos.json',
    ),
  );
  const service = fromJSON(descriptions, { longs: String, enums: String })[
    'google.logging.v2.LoggingServiceV2'
  ];
  if (service === undefined || 'format' in service)
    throw new Error('The definition of the service is missing.');
  const requests: WriteRequest[] = [];
  let refusal: ((entries: readonly WireEntry[]) => status | undefined) | undefined;
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
  server.addService(service, {
    WriteLogEntries({ request }: ServerUnaryCall<WriteRequest, object>, done: sendUnaryData<object>): void {
      const code = refusal?.(request.entries);
      if (code !== undefined) return done({ code, details: 'no' });
      requests.push(request);
      done(null, {});
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    requests,
    answer: (code) => void (refusal = code),
    close: async () => server.forceShutdown(),
  };
}
