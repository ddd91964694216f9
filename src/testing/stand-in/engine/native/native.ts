/** The values that go in and out of a JavaScript function that DuckDB calls. */
export interface NativeValues {
  readonly VARCHAR: string;
  readonly BIGINT: bigint;
  readonly DOUBLE: number;
  readonly BOOLEAN: boolean;
  readonly BLOB: Uint8Array;
  readonly 'VARCHAR[]': readonly (string | null)[];
  readonly 'BIGINT[]': readonly (bigint | null)[];
}

export type NativeKind = keyof NativeValues;
export type NativeValue = NativeValues[NativeKind] | null;

type Arguments<Parameters extends readonly NativeKind[]> = {
  readonly [Index in keyof Parameters]: NativeValues[Parameters[Index]];
};

/** A scalar function in JavaScript. A NULL argument gives NULL without a call. */
export interface Native {
  readonly name: string;
  readonly parameters: readonly NativeKind[];
  readonly returns: NativeKind;
  readonly volatile: boolean;
  run(values: readonly NativeValue[]): NativeValue;
}

export function native<const Parameters extends readonly NativeKind[], Result extends NativeKind>(
  name: string,
  parameters: Parameters,
  returns: Result,
  run: (...values: Arguments<Parameters>) => NativeValues[Result] | null,
  options: { readonly volatile?: boolean } = {},
): Native {
  return {
    name: `bq_${name}`,
    parameters,
    returns,
    volatile: options.volatile ?? false,
    run(values) {
      if (values.includes(null)) return null;
      // DuckDB binds each argument to the declared kind, which is what `Arguments` says.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return run(...(values as unknown as Arguments<Parameters>));
    },
  };
}
