/** A place in a chain, between two events; as JSON it outlives the process. */
export interface RecordPlace {
  /** The number of the segment in its chain. */
  readonly segment: number;
  /** In bytes. */
  readonly offset: number;
}

export interface RecordPortion {
  /** Without their line feeds. */
  readonly lines: readonly string[];
  /** Behind the last of the lines. */
  readonly next: RecordPlace;
}

/** What is durable of one chain, from any place on. */
export interface RecordSource {
  /** The name of the chain; undefined until the record is opened. */
  readonly chain: string | undefined;
  /** The next lines, about as many bytes, and at least one line; `undefined` when nothing more is durable. */
  read(from: RecordPlace | undefined, bytes: number): Promise<RecordPortion | undefined>;
  /** Calls `listener` whenever more is durable, until what it answers is called. */
  watch(listener: () => void): () => void;
}
