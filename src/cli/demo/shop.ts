import type { Row, Seed } from '../../testing/index.ts';

const countries = ['DE', 'FR', 'GB', 'IT', 'US'] as const;
const names = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gina', 'Hugo', 'Ines', 'Jon'] as const;
const statuses = ['paid', 'paid', 'paid', 'open', 'void'] as const;

/** A small shop made by arithmetic, the same on every machine: customers, orders, page views, and HR. */
export function shop(): Seed {
  return {
    datasets: ['shop', 'hr'],
    tables: {
      'shop.customers': {
        schema:
          'id:INTEGER, name:STRING, email:STRING, phone:STRING, card_number:STRING, country:STRING, city:STRING, street:STRING',
        rows: Array.from({ length: 200 }, (_, index) => customer(index + 1)),
      },
      'shop.orders': {
        schema: 'id:INTEGER, customer_id:INTEGER, amount:NUMERIC, status:STRING, ordered_at:TIMESTAMP',
        rows: Array.from({ length: 1_000 }, (_, index) => order(index + 1)),
      },
      'hr.salaries': {
        schema: 'employee:STRING, amount:INTEGER',
        rows: Array.from({ length: 20 }, (_, index) => ({
          employee: nameOf(index),
          amount: 40_000 + index * 1_700,
        })),
      },
    },
    // Large enough to be dear: some 30 MB of paths.
    statements: [
      `CREATE TABLE shop.page_views AS
       SELECT n AS id, MOD(n * 7, 200) + 1 AS customer_id, CONCAT('/product/', CAST(MOD(n * 13, 997) AS STRING)) AS path
       FROM UNNEST(GENERATE_ARRAY(1, 2000000)) AS n`,
    ],
  };
}

function customer(id: number): Row {
  const name = nameOf(id);
  return {
    id,
    name,
    email: `${name.toLowerCase().replace(' ', '.')}${id}@example.com`,
    phone: `+49 30 ${String(1_000_000 + id * 7_919).slice(0, 7)}`,
    card_number: `4111 1111 ${String(1000 + ((id * 37) % 9000))} ${String(1000 + ((id * 91) % 9000))}`,
    country: pick(countries, id),
    city: `City ${(id * 3) % 17}`,
    street: `Street ${(id * 5) % 97}`,
  };
}

function order(id: number): Row {
  const day = String(1 + (id % 28)).padStart(2, '0');
  const month = String(1 + (id % 12)).padStart(2, '0');
  return {
    id,
    customer_id: ((id * 17) % 200) + 1,
    amount: `${10 + ((id * 29) % 490)}.${String((id * 7) % 100).padStart(2, '0')}`,
    status: pick(statuses, id),
    ordered_at: `2026-${month}-${day}T10:00:00Z`,
  };
}

const nameOf = (index: number): string => `${pick(names, index)} ${pick(names, index * 3 + 1)}son`;

function pick<T>(values: readonly [T, ...T[]], index: number): T {
  return values[index % values.length] ?? values[0];
}
