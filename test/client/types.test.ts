import type * as upstream from '@google-cloud/bigquery';
import { expectTypeOf, it } from 'vitest';
import type * as door from '../../src/index.ts';

type Untouched = Omit<typeof upstream, 'BigQuery' | 'default'>;

it('the official types and ours are assignable both ways', () => {
  expectTypeOf<door.BigQuery>().toEqualTypeOf<upstream.BigQuery>();
  expectTypeOf<typeof door.BigQuery>().toExtend<typeof upstream.BigQuery>();
  expectTypeOf<InstanceType<typeof door.BigQuery>>().toEqualTypeOf<upstream.BigQuery>();
  expectTypeOf<upstream.BigQueryOptions>().toExtend<door.GuardedOptions>();
  expectTypeOf<door.GuardedOptions>().toExtend<upstream.BigQueryOptions>();
  expectTypeOf<door.Query>().toEqualTypeOf<upstream.Query>();
  expectTypeOf<door.QueryRowsResponse>().toEqualTypeOf<upstream.QueryRowsResponse>();
  expectTypeOf<door.Table>().toEqualTypeOf<upstream.Table>();
  expectTypeOf<typeof door.Table>().toEqualTypeOf<typeof upstream.Table>();
  expectTypeOf<door.Job>().toEqualTypeOf<upstream.Job>();
  expectTypeOf<Pick<typeof door, keyof Untouched>>().toEqualTypeOf<Untouched>();
  // A function that takes one takes the other.
  expectTypeOf<(client: upstream.BigQuery) => void>().toEqualTypeOf<(client: door.BigQuery) => void>();
});
