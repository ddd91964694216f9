export { bigquerySink, type BigQuerySinkOptions } from './bigquery-sink.ts';
export {
  cloudLoggingSink,
  type CloudLoggingClientOptions,
  type CloudLoggingSinkOptions,
} from './cloud-logging-sink.ts';
export { httpSink, type HttpSinkOptions } from './http-sink.ts';
export { otlpSink, type OtlpSinkOptions } from './otlp-sink.ts';
export { EventsRefused, type AuditSink, type RecordedEvent, type RefusedEvent } from './sink.ts';
export { stdoutSink, type StdoutSinkOptions } from './stdout-sink.ts';
export type { ExportedStore } from './exported-store.ts';
export type { SinkMetrics } from './sink-run.ts';
export { withSinks, type SinkDelivery, type WithSinksOptions } from './with-sinks.ts';
