/** Tables of the grammar with rows, in two forms that differ only where a mask hides it. */
import { tables } from '../oracle/grammar/shop.ts';
import type { Table } from '../oracle/grammar/shop.ts';
import { typeText } from '../oracle/grammar/type.ts';

export type Side = 'a' | 'b';

/** What hides a column, and the values that stand in it on the two sides. */
export interface Secrets {
  readonly name: string;
  /** Masks by column, as a policy file states them. */
  readonly masks: Readonly<Record<string, string>>;
  /** Statements that fill the tables. */
  readonly rows: (side: Side) => readonly string[];
}

type Pair = readonly [a: string, b: string];

const pick = (side: Side, [a, b]: Pair): string => (side === 'a' ? a : b);

interface Values {
  readonly email: readonly Pair[];
  readonly city: readonly Pair[];
  readonly lat: readonly Pair[];
  readonly tags: readonly Pair[];
  readonly created: readonly Pair[];
  readonly sku: readonly Pair[];
  readonly marks: readonly Pair[];
  readonly note: readonly Pair[];
  readonly salary: readonly Pair[];
  readonly hired: readonly Pair[];
  readonly boss: readonly Pair[];
  readonly os: readonly Pair[];
  readonly ids: readonly Pair[];
}

function rowsOf(values: Values, side: Side): readonly string[] {
  const at = (list: readonly Pair[], index: number): string =>
    pick(side, list[index % list.length] ?? ['NULL', 'NULL']);
  const customer = (id: number, name: string, country: string, active: string): string => {
    const geo = `STRUCT(${at(values.lat, id)} AS lat, ${id}.5 AS lng)`;
    const address =
      id === 3 ? 'NULL' : `STRUCT('s${id}' AS street, ${at(values.city, id)} AS city, ${geo} AS geo)`;
    return `(${id}, ${name}, ${at(values.email, id)}, ${country}, ${address}, ${at(values.tags, id)}, ${at(values.created, id)}, ${active})`;
  };
  const item = (id: number, number: number): string =>
    `STRUCT(${at(values.sku, id + number)} AS sku, ${number} AS qty, NUMERIC '1.5' AS price, ${at(values.marks, id + number)} AS marks)`;
  const order = (id: number, customerId: number, items: number): string =>
    `(${id}, ${customerId}, ${id % 2 === 0 ? "'paid'" : "'open'"}, NUMERIC '${id}.5', DATE '2024-01-0${id}', [${Array.from({ length: items }, (_, index) => item(id, index)).join(', ')}], ${at(values.note, id)})`;
  const person = (id: number): string =>
    `(${id}, 'p${id}', ${at(values.salary, id)}, ${at(values.boss, id)}, ${at(values.hired, id)})`;
  const visit = (id: number): string =>
    `(DATE '2024-01-0${id}', ${id}, ${id * 3}, STRUCT(${at(values.os, id)} AS os, ${at(values.ids, id)} AS ids))`;
  const numbers = [1, 2, 3, 4, 5] as const;
  return [
    `INSERT INTO p.shop.customers VALUES ${[
      customer(1, "'Ada'", "'DE'", 'TRUE'),
      customer(2, "'Bob'", "'DE'", 'FALSE'),
      customer(3, 'NULL', "'FR'", 'TRUE'),
      customer(4, "'a'", 'NULL', 'NULL'),
      customer(5, "'Bob'", "'DE'", 'TRUE'),
    ].join(', ')}`,
    `INSERT INTO p.shop.orders VALUES ${[order(1, 1, 2), order(2, 1, 0), order(3, 2, 1), order(4, 5, 3), order(5, 9, 1)].join(', ')}`,
    `INSERT INTO p.shop.products VALUES ('a', 'Aa', NUMERIC '1.5', NULL), ('b', 'Bb', NUMERIC '2', 'a')`,
    `INSERT INTO p.hr.staff VALUES ${numbers.map(person).join(', ')}`,
    `INSERT INTO \`q-1.raw.visits\` VALUES ${numbers.map(visit).join(', ')}`,
  ];
}

/** Nothing of such a value is released but, by some, whether it is NULL. */
const constants: Values = {
  email: [
    [`'ada@one.example'`, `'1'`],
    [`'bob'`, `'zed@two.example'`],
    [`NULL`, `'x'`],
    [`'7'`, `NULL`],
    [`'a'`, `'b'`],
  ],
  city: [
    [`'Rome'`, `'12'`],
    [`'a'`, `'2024-01-02'`],
    [`'Bonn'`, `''`],
    [`'5'`, `'{"a": 1}'`],
  ],
  lat: [
    [`1.5`, `-7.25`],
    [`NULL`, `0.0`],
    [`1e300`, `3.0`],
  ],
  tags: [
    [`['a', 'b']`, `['c']`],
    [`[]`, `['a', 'a', '1']`],
    [`['z']`, `[]`],
  ],
  created: [
    [`TIMESTAMP '2024-01-02 03:04:05+00'`, `TIMESTAMP '1999-12-31 23:59:59+00'`],
    [`NULL`, `TIMESTAMP '2024-01-02 03:04:05+00'`],
  ],
  sku: [
    [`'a'`, `'x'`],
    [`'b'`, `'a'`],
    [`'1'`, `'b'`],
  ],
  marks: [
    [`[1, 2, 3]`, `[0]`],
    [`[]`, `[7, 7]`],
    [`[9223372036854775807]`, `[]`],
  ],
  note: [
    [`JSON '{"a": {"b": 1}, "name": "n"}'`, `JSON '[1]'`],
    [`JSON '{"a": "x"}'`, `NULL`],
    [`NULL`, `JSON '{"x": [1, 2]}'`],
  ],
  salary: [
    [`1000.5`, `0.0`],
    [`NULL`, `-3.0`],
    [`2.0`, `1e18`],
  ],
  hired: [
    [`DATE '2020-01-01'`, `DATE '2024-01-02'`],
    [`DATE '2024-01-02'`, `NULL`],
  ],
  boss: [
    [`1`, `4`],
    [`NULL`, `NULL`],
    [`2`, `1`],
  ],
  os: [
    [`'linux'`, `'a'`],
    [`NULL`, `'b'`],
  ],
  ids: [
    [`[1, 2]`, `[]`],
    [`[]`, `[1, 0, 3]`],
  ],
};

/** Of each pair the masks below give the same. */
const alike: Values = {
  email: [
    [`'ada@one.example'`, `'zoe@one.example'`],
    [`'bob'`, `'bob'`],
    [`NULL`, `NULL`],
    [`'a@b.example'`, `'longer.name@b.example'`],
  ],
  city: [
    [`'Rome, north'`, `'Rome: s'`],
    [`'Bonn7'`, `'Bonnnnnn'`],
    [`NULL`, `NULL`],
  ],
  lat: [
    [`1.5`, `9.75`],
    [`NULL`, `NULL`],
    [`-0.5`, `-9.0`],
  ],
  tags: [
    [`['aa1234', 'b']`, `['x1234', 'b']`],
    [`[]`, `[]`],
  ],
  created: [
    [`TIMESTAMP '2024-01-02 03:04:05+00'`, `TIMESTAMP '2024-01-02 03:59:59+00'`],
    [`NULL`, `NULL`],
  ],
  sku: [
    [`'abc-1'`, `'xyz-1'`],
    [`'ab'`, `'12'`],
  ],
  marks: [
    [`[1, 12, 33]`, `[9, 19, 30]`],
    [`[]`, `[]`],
  ],
  note: [[`JSON '{"a": 1}'`, `JSON '{"b": 2}'`]],
  salary: [
    [`1000.5`, `9999.0`],
    [`NULL`, `NULL`],
  ],
  hired: [
    [`DATE '2020-01-01'`, `DATE '2020-12-31'`],
    [`NULL`, `NULL`],
  ],
  boss: [
    [`1`, `4`],
    [`NULL`, `NULL`],
  ],
  os: [
    [`'my-linux'`, `'a linux'`],
    [`NULL`, `NULL`],
    [`'mac'`, `'mac'`],
  ],
  ids: [
    [`[1, 2]`, `[3, 4]`],
    [`[]`, `[]`],
  ],
};

export const constantSecrets: Secrets = {
  name: 'constant masks',
  masks: {
    'shop.customers.email': 'with: nullify',
    'shop.customers.address.city': 'with: redact',
    'shop.customers.address.geo.lat': 'with: defaultValue',
    'shop.customers.tags': 'with: nullify',
    'shop.customers.created': 'with: defaultValue',
    'shop.orders.items.sku': 'with: replace, value: hidden',
    'shop.orders.items.marks': 'with: nullify',
    'shop.orders.note': 'with: nullify',
    'hr.staff.salary': 'with: nullify',
    'hr.staff.hired': 'with: defaultValue',
    'hr.staff.boss': 'with: suppressRecord',
    'q-1:raw.visits.device.os': 'with: nullify',
    'q-1:raw.visits.device.ids': 'with: defaultValue',
  },
  rows: (side) => rowsOf(constants, side),
};

export const partialSecrets: Secrets = {
  name: 'masks that release a part',
  masks: {
    'shop.customers.email': 'with: emailMask',
    'shop.customers.address.city': 'with: firstFour',
    'shop.customers.address.geo.lat': 'with: bucket, size: 10',
    'shop.customers.tags': 'with: lastFour',
    'shop.customers.created': 'with: timePart, part: HOUR',
    'shop.orders.items.sku': 'with: characterMask, count: 3',
    'shop.orders.items.marks': 'with: bucket, size: 10',
    'shop.orders.note': 'with: defaultValue',
    'hr.staff.salary': 'with: bucket, size: 10000',
    'hr.staff.hired': 'with: dateYear',
    'hr.staff.boss': 'with: suppressRecord',
    'q-1:raw.visits.device.os': 'with: lastFour',
    'q-1:raw.visits.device.ids': 'with: defaultValue',
  },
  rows: (side) => rowsOf(alike, side),
};

/** Statements that make all tables anew. */
export function seed(secrets: Secrets, side: Side): readonly string[] {
  const stored = tables.filter(({ view }) => view === undefined);
  const views = tables.filter(({ view }) => view !== undefined);
  return [
    'DROP VIEW IF EXISTS p.shop.made_view',
    'DROP TABLE IF EXISTS p.shop.made',
    ...stored.map((table) => `CREATE OR REPLACE TABLE \`${table.name}\` (${columnList(table)})`),
    ...secrets.rows(side),
    ...views.map(({ name, view }) => `CREATE OR REPLACE VIEW \`${name}\` AS ${view}`),
  ];
}

function columnList({ columns }: Table): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${typeText(type)}`)
    .join(', ');
}
