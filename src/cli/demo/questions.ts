/** What the agent of the demo asks, and how each question is meant to end. */
export interface Question {
  readonly scene: string;
  readonly sql: string;
  readonly ends: 'rows' | 'denied' | 'too expensive';
}

export const questions: readonly Question[] = [
  {
    scene: 'allowed',
    sql: `SELECT c.country, COUNT(*) AS orders, SUM(o.amount) AS revenue
FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer_id
WHERE o.status = 'paid' GROUP BY c.country ORDER BY revenue DESC`,
    ends: 'rows',
  },
  {
    scene: 'masked',
    sql: `SELECT name, email, phone, card_number FROM shop.customers WHERE email LIKE '%@example.com' ORDER BY id LIMIT 3`,
    ends: 'rows',
  },
  {
    scene: 'denied',
    sql: 'SELECT employee, amount FROM hr.salaries ORDER BY amount DESC',
    ends: 'denied',
  },
  {
    scene: 'approved',
    sql: 'SELECT name, city, street FROM shop.customers WHERE id = 42',
    ends: 'rows',
  },
  {
    scene: 'too expensive',
    sql: 'SELECT path, COUNT(*) AS views FROM shop.page_views GROUP BY path ORDER BY views DESC LIMIT 3',
    ends: 'too expensive',
  },
];
