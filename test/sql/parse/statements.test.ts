import { describe, expect, test } from 'vitest';
import { treeOf } from './trees.ts';

const table = (path: string, alias?: string): unknown => ({
  type: 'table',
  path,
  ...(alias === undefined ? {} : { alias }),
});
const column = (name: string): unknown => ({ type: 'path', parts: name });
const integer = (value: string): unknown => ({ type: 'literal', kind: 'integer', value });
const one = {
  type: 'query',
  body: { type: 'select', items: [{ type: 'selectExpression', value: integer('1') }] },
};

describe('statements', () => {
  test.each([
    [
      'INSERT d.t (a, b) VALUES (1, DEFAULT), (2, x)',
      {
        type: 'insert',
        target: table('d/t'),
        columns: 'a/b',
        source: {
          type: 'values',
          rows: [
            [integer('1'), { type: 'default' }],
            [integer('2'), column('x')],
          ],
        },
      },
    ],
    [
      'UPDATE t AS a SET b.c = 1, d = DEFAULT FROM u WHERE e',
      {
        type: 'update',
        target: table('t', 'a'),
        assignments: [
          { column: 'b/c', value: integer('1') },
          { column: 'd', value: { type: 'default' } },
        ],
        from: table('u'),
        where: column('e'),
      },
    ],
    ['DELETE FROM p-1.d.t WHERE a', { type: 'delete', target: table('p-1/d/t'), where: column('a') }],
    [
      'MERGE t USING u AS s ON a WHEN MATCHED AND b THEN UPDATE SET c = 1 WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT ROW',
      {
        type: 'merge',
        target: table('t'),
        source: table('u', 's'),
        on: column('a'),
        clauses: [
          {
            when: 'matched',
            condition: column('b'),
            action: { type: 'update', assignments: [{ column: 'c', value: integer('1') }] },
          },
          { when: 'notMatchedBySource', action: { type: 'delete' } },
          { when: 'notMatchedByTarget', action: { type: 'insert', source: { type: 'row' } } },
        ],
      },
    ],
    ['TRUNCATE TABLE d.t', { type: 'truncate', target: table('d/t') }],
    [
      'CREATE OR REPLACE TEMP TABLE t (a INT64 NOT NULL, PRIMARY KEY (a) NOT ENFORCED) PARTITION BY b CLUSTER BY c OPTIONS (d = 1) AS SELECT 1',
      {
        type: 'createTable',
        orReplace: true,
        temporary: true,
        kind: 'TABLE',
        name: 't',
        columns: [{ name: 'a', notNull: true, dataType: { type: 'simpleType', name: 'INT64' } }],
        partitionBy: column('b'),
        clusterBy: ['c'],
        options: [{ name: 'd', value: integer('1') }],
        query: one,
      },
    ],
    [
      'CREATE SNAPSHOT TABLE t CLONE `p.d.u` FOR SYSTEM_TIME AS OF a',
      {
        type: 'createTable',
        kind: 'SNAPSHOT TABLE',
        name: 't',
        from: { how: 'CLONE', table: { type: 'table', path: 'p/d/u', systemTime: column('a') } },
      },
    ],
    [
      'CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1',
      {
        type: 'createView',
        ifNotExists: true,
        materialized: true,
        name: 'v',
        query: one,
      },
    ],
    [
      'CREATE AGGREGATE FUNCTION f(a ANY TYPE NOT AGGREGATE, b BOOLEAN) RETURNS RANGE<DATE> AS (1) OPTIONS (c = 1)',
      {
        type: 'createFunction',
        aggregate: true,
        name: 'f',
        parameters: [
          { name: 'a', parameterType: { type: 'anyType' } },
          { name: 'b', parameterType: { type: 'simpleType', name: 'BOOLEAN' } },
        ],
        returns: { type: 'rangeType', element: { type: 'simpleType', name: 'DATE' } },
        language: 'sql',
        body: integer('1'),
      },
    ],
    [
      "CREATE TEMP FUNCTION f(a INT64) RETURNS STRING LANGUAGE js AS r'''return 'a';'''",
      {
        type: 'createFunction',
        temporary: true,
        name: 'f',
        parameters: [{ name: 'a', parameterType: { type: 'simpleType', name: 'INT64' } }],
        returns: { type: 'simpleType', name: 'STRING' },
        language: 'js',
      },
    ],
    [
      'CREATE TABLE FUNCTION f(a ANY TABLE) RETURNS TABLE<b INT64> AS SELECT 1',
      {
        type: 'createTableFunction',
        name: 'f',
        parameters: [{ name: 'a', parameterType: { type: 'tableType' } }],
        returns: [{ name: 'b', dataType: { type: 'simpleType', name: 'INT64' } }],
        query: one,
      },
    ],
    [
      'DROP MATERIALIZED VIEW IF EXISTS d.v',
      { type: 'drop', kind: 'MATERIALIZED VIEW', name: 'd/v', ifExists: true },
    ],
    ['DROP SCHEMA d CASCADE', { type: 'drop', kind: 'SCHEMA', name: 'd', cascade: true }],
    [
      'ALTER TABLE d.t ADD COLUMN a INT64, DROP COLUMN b, RENAME COLUMN c TO e, RENAME TO u, SET OPTIONS (f = 1)',
      {
        type: 'alterTable',
        name: 'd/t',
        actions: [
          { type: 'addColumn', column: { name: 'a', dataType: { type: 'simpleType', name: 'INT64' } } },
          { type: 'dropColumn', column: 'b' },
          { type: 'renameColumn', from: 'c', to: 'e' },
          { type: 'renameTable', to: 'u' },
          { type: 'other', text: 'SET OPTIONS (f = 1)', options: [{ name: 'f', value: integer('1') }] },
        ],
      },
    ],
    [
      "GRANT `roles/viewer` ON TABLE p-1.d.t TO 'user:a'",
      { type: 'otherDdl', kind: 'GRANT', object: 'table', targets: ['p-1/d/t'] },
    ],
    [
      "CREATE ROW ACCESS POLICY p ON d.t GRANT TO ('a') FILTER USING (b)",
      {
        type: 'otherDdl',
        kind: 'CREATE ROW ACCESS POLICY',
        object: 'table',
        targets: ['d/t'],
        expressions: [column('b')],
      },
    ],
    [
      'CREATE MODEL d.m TRANSFORM (f(a) AS b) OPTIONS (c = 1) AS SELECT 1',
      {
        type: 'createModel',
        name: 'd/m',
        queries: [
          {
            type: 'query',
            desugared: true,
            body: {
              type: 'select',
              from: { type: 'derivedTable', query: one },
              items: [
                {
                  type: 'selectExpression',
                  alias: 'b',
                  value: {
                    type: 'call',
                    name: 'f',
                    arguments: [{ value: { type: 'expression', expression: column('a') } }],
                  },
                },
              ],
            },
          },
        ],
      },
    ],
    [
      'CREATE OR REPLACE MODEL d.m INPUT (a INT64) OUTPUT (b STRING) REMOTE WITH CONNECTION DEFAULT OPTIONS (c = 1)',
      { type: 'createModel', name: 'd/m' },
    ],
    [
      'CREATE MODEL d.m AS (training_data AS (SELECT 1), custom_holiday AS (SELECT 1))',
      { type: 'createModel', name: 'd/m', queries: [one, one] },
    ],
    [
      'UNDROP SCHEMA IF NOT EXISTS d',
      { type: 'otherDdl', kind: 'UNDROP SCHEMA', object: 'other', targets: ['d'] },
    ],
    [
      "LOAD DATA OVERWRITE d.t (a INT64) FROM FILES (format = 'CSV')",
      {
        type: 'loadData',
        target: table('d/t'),
        overwrite: true,
        columns: [{ name: 'a', dataType: { type: 'simpleType', name: 'INT64' } }],
        options: [{ name: 'format', value: { type: 'literal', kind: 'string', value: 'CSV' } }],
      },
    ],
    [
      'EXPORT DATA WITH CONNECTION p.l.c OPTIONS (a = 1) AS SELECT 1',
      {
        type: 'exportData',
        connection: 'p/l/c',
        options: [{ name: 'a', value: integer('1') }],
        query: one,
      },
    ],
    ['DECLARE a, b DEFAULT 1', { type: 'declare', names: 'a/b', defaultValue: integer('1') }],
    [
      'SET @@dataset_id = 1',
      { type: 'set', targets: [{ type: 'systemVariable', parts: 'dataset_id' }], value: integer('1') },
    ],
    [
      'SET (a, b) = c',
      {
        type: 'set',
        targets: [
          { type: 'variable', name: 'a' },
          { type: 'variable', name: 'b' },
        ],
        value: column('c'),
      },
    ],
    [
      'IF a THEN SELECT 1; ELSEIF b THEN RETURN; ELSE BREAK; END IF',
      {
        type: 'if',
        branches: [
          { condition: column('a'), body: [{ type: 'queryStatement', query: one }] },
          { condition: column('b'), body: [{ type: 'jump', kind: 'RETURN' }] },
        ],
        otherwise: [{ type: 'jump', kind: 'BREAK' }],
      },
    ],
    [
      'a: WHILE b DO CONTINUE a; END WHILE a',
      {
        type: 'loop',
        kind: 'WHILE',
        condition: column('b'),
        body: [{ type: 'jump', kind: 'CONTINUE', label: 'a' }],
        label: 'a',
      },
    ],
    [
      "BEGIN SELECT 1; EXCEPTION WHEN ERROR THEN RAISE USING MESSAGE = 'a'; END",
      {
        type: 'block',
        body: [{ type: 'queryStatement', query: one }],
        exceptionHandler: [{ type: 'raise', message: { type: 'literal', kind: 'string', value: 'a' } }],
      },
    ],
    [
      'FOR r IN (SELECT 1) DO SELECT 1; END FOR',
      {
        type: 'for',
        variable: 'r',
        query: one,
        body: [{ type: 'queryStatement', query: one }],
      },
    ],
    [
      'EXECUTE IMMEDIATE a INTO b USING 1 AS c, d',
      {
        type: 'executeImmediate',
        sql: column('a'),
        into: 'b',
        using: [{ value: integer('1'), alias: 'c' }, { value: column('d') }],
      },
    ],
    [
      'CALL d.p(1)',
      {
        type: 'callProcedure',
        name: 'd/p',
        arguments: [{ value: { type: 'expression', expression: integer('1') } }],
      },
    ],
    ['BEGIN TRANSACTION', { type: 'transaction', action: 'BEGIN' }],
    [
      "ASSERT a AS 'b'",
      { type: 'assert', condition: column('a'), message: { type: 'literal', kind: 'string', value: 'b' } },
    ],
  ])('%s', (text, expected) => {
    expect(treeOf(text)).toEqual([expected]);
  });

  test('a procedure keeps its statements and parameters', () => {
    expect(treeOf('CREATE PROCEDURE d.p(IN a INT64, OUT b STRING) BEGIN SELECT 1; END')).toEqual([
      {
        type: 'createProcedure',
        name: 'd/p',
        parameters: [
          { name: 'a', parameterType: { type: 'simpleType', name: 'INT64' }, mode: 'IN' },
          { name: 'b', parameterType: { type: 'simpleType', name: 'STRING' }, mode: 'OUT' },
        ],
        body: [{ type: 'block', body: [{ type: 'queryStatement', query: one }] }],
        language: 'sql',
      },
    ]);
  });

  test('a text may hold no statement, or many', () => {
    expect([treeOf(''), treeOf(' -- a\n;;'), treeOf('SELECT 1; SELECT 1;')]).toEqual([
      [],
      [],
      [
        { type: 'queryStatement', query: one },
        { type: 'queryStatement', query: one },
      ],
    ]);
  });
});
