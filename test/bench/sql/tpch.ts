import { readFileSync } from 'node:fs';
import { staticCatalog } from '../../../src/sql/index.ts';
import type { Catalog, SourceMask } from '../../../src/sql/index.ts';

/** The 22 queries of TPC-H as BigQuery has them, with the parameters of the specification's examples. */
export const queries: readonly string[] = readFileSync(new URL('tpch.sql', import.meta.url), 'utf8')
  .split(';\n')
  .map((query) => query.trim())
  .filter((query) => query !== '');

const tables: Readonly<Record<string, string>> = {
  part: 'p_partkey INT64, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT64, p_container STRING, p_retailprice NUMERIC, p_comment STRING',
  supplier:
    's_suppkey INT64, s_name STRING, s_address STRING, s_nationkey INT64, s_phone STRING, s_acctbal NUMERIC, s_comment STRING',
  partsupp: 'ps_partkey INT64, ps_suppkey INT64, ps_availqty INT64, ps_supplycost NUMERIC, ps_comment STRING',
  customer:
    'c_custkey INT64, c_name STRING, c_address STRING, c_nationkey INT64, c_phone STRING, c_acctbal NUMERIC, c_mktsegment STRING, c_comment STRING',
  orders:
    'o_orderkey INT64, o_custkey INT64, o_orderstatus STRING, o_totalprice NUMERIC, o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT64, o_comment STRING',
  lineitem:
    'l_orderkey INT64, l_partkey INT64, l_suppkey INT64, l_linenumber INT64, l_quantity NUMERIC, l_extendedprice NUMERIC, l_discount NUMERIC, l_tax NUMERIC, l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING, l_comment STRING',
  nation: 'n_nationkey INT64, n_name STRING, n_regionkey INT64, n_comment STRING',
  region: 'r_regionkey INT64, r_name STRING, r_comment STRING',
};

const columnsOf = (list: string): Readonly<Record<string, string>> =>
  Object.fromEntries(list.split(', ').map((column) => column.split(' ')));

export const catalog: Catalog = staticCatalog({
  tables: Object.entries(tables).map(([name, list]) => ({
    name: `bench.tpch.${name}`,
    columns: columnsOf(list),
  })),
});

const mask = (table: string, column: string): SourceMask => ({
  table: { project: 'bench', dataset: 'tpch', name: table },
  path: [column],
  expression: () => 'CAST(NULL AS STRING)',
});

/** What a policy would mask: every table that holds people, and their comments. */
export const masks: readonly SourceMask[] = [
  mask('customer', 'c_phone'),
  mask('customer', 'c_name'),
  mask('customer', 'c_address'),
  mask('supplier', 's_phone'),
  mask('supplier', 's_address'),
  mask('orders', 'o_clerk'),
  mask('lineitem', 'l_comment'),
];
