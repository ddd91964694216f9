/** The tables that the generated statements read. */
import { staticCatalog } from '../../../../src/sql/index.ts';
import type { Catalog } from '../../../../src/sql/index.ts';
import { arrayOf, int64, scalar, string, structOf, typeText } from './type.ts';
import type { Type } from './type.ts';

export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, Type>>;
  readonly pseudo?: Readonly<Record<string, Type>>;
  readonly view?: string;
}

const timestamp = scalar('TIMESTAMP');
const numeric = scalar('NUMERIC');

export const defaultDataset = { project: 'p', dataset: 'shop' };

export const tables: readonly Table[] = [
  {
    name: 'p.shop.customers',
    columns: {
      id: int64,
      name: string,
      email: string,
      country: string,
      address: structOf({
        street: string,
        city: string,
        geo: structOf({ lat: scalar('FLOAT64'), lng: scalar('FLOAT64') }),
      }),
      tags: arrayOf(string),
      created: timestamp,
      active: scalar('BOOL'),
    },
  },
  {
    name: 'p.shop.orders',
    columns: {
      id: int64,
      customer_id: int64,
      status: string,
      amount: numeric,
      ordered: scalar('DATE'),
      items: arrayOf(structOf({ sku: string, qty: int64, price: numeric, marks: arrayOf(int64) })),
      note: scalar('JSON'),
    },
    pseudo: { _PARTITIONTIME: timestamp, _PARTITIONDATE: scalar('DATE') },
  },
  { name: 'p.shop.products', columns: { sku: string, title: string, price: numeric, parent: string } },
  {
    name: 'p.hr.staff',
    columns: { id: int64, name: string, salary: scalar('FLOAT64'), boss: int64, hired: scalar('DATE') },
  },
  {
    name: 'q-1.raw.visits',
    columns: {
      day: scalar('DATE'),
      customer_id: int64,
      pages: int64,
      device: structOf({ os: string, ids: arrayOf(int64) }),
    },
  },
  {
    name: 'p.shop.buyers',
    columns: { id: int64, mail: string, place: string },
    view: "SELECT id, LOWER(email) AS mail, address.city AS place FROM p.shop.customers WHERE country = 'DE'",
  },
  {
    name: 'p.shop.totals',
    columns: { customer_id: int64, total: numeric, mail: string },
    view: 'SELECT o.customer_id, SUM(o.amount) AS total, ANY_VALUE(b.email) AS mail FROM p.shop.orders AS o JOIN p.shop.customers AS b ON b.id = o.customer_id GROUP BY 1',
  },
];

const texts = (columns: Readonly<Record<string, Type>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, typeText(type)]));

const listed = (columns: Readonly<Record<string, Type>>): readonly { name: string; type: string }[] =>
  Object.entries(texts(columns)).map(([name, type]) => ({ name, type }));

export const catalog: Catalog = staticCatalog({
  tables: tables.map(({ name, columns, pseudo = {}, view }) => ({
    name,
    columns: texts(columns),
    pseudoColumns: listed(pseudo),
    ...(view === undefined ? {} : { view }),
  })),
});

/** The same for the independent analyser, to which a view is a table. */
export const oracleCatalog: object = {
  tables: tables.map(({ name, columns, pseudo = {} }) => ({
    name,
    columns: [...listed(columns), ...listed(pseudo).map((column) => ({ ...column, hidden: true }))],
  })),
};
