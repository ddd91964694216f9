/** Ten columns of several types; `email`, `phone` and `note` are masked where a policy says so. */
export const schema: { readonly fields: readonly object[] } = {
  fields: [
    { name: 'id', type: 'INTEGER', mode: 'NULLABLE' },
    { name: 'name', type: 'STRING', mode: 'NULLABLE' },
    { name: 'email', type: 'STRING', mode: 'NULLABLE' },
    { name: 'phone', type: 'STRING', mode: 'NULLABLE' },
    { name: 'note', type: 'STRING', mode: 'NULLABLE' },
    { name: 'city', type: 'STRING', mode: 'NULLABLE' },
    { name: 'amount', type: 'NUMERIC', mode: 'NULLABLE' },
    { name: 'score', type: 'FLOAT', mode: 'NULLABLE' },
    { name: 'active', type: 'BOOLEAN', mode: 'NULLABLE' },
    { name: 'ts', type: 'TIMESTAMP', mode: 'NULLABLE' },
  ],
};

const cities = ['Ulm', 'Paris', 'San Francisco', 'Kyoto', 'São Paulo'];

/** A row of the table; with `masked` what BigQuery answers to the masked text. */
export function person(index: number, masked: boolean): object {
  const phone = `+49 170 ${String(1_000_000 + (index % 9_000_000))}`;
  return {
    f: [
      { v: String(index) },
      { v: `Customer ${index}` },
      { v: `customer${index}@example.com` },
      { v: masked ? `XXXXX${phone.slice(-4)}` : phone },
      { v: masked ? null : `ordered ${index % 97} pieces, wants a call back` },
      { v: cities[index % cities.length] ?? '' },
      { v: `${index % 500}.25` },
      { v: String((index % 1000) / 8) },
      { v: index % 2 === 0 ? 'true' : 'false' },
      { v: String(1_700_000_000_000_000 + index * 1_000_000) },
    ],
  };
}

export const policies: Readonly<Record<string, string>> = {
  masked: `
tags:
  mail: { columns: [shop.people.email] }
  phone: { columns: [shop.people.phone] }
  note: { columns: [shop.people.note] }
masks:
  - { name: mail, tags: [mail], with: cryptoHash, key: bench }
  - { name: phone, tags: [phone], with: lastFour }
  - { name: note, tags: [note], with: nullify }
keys: { bench: { fromEnv: BENCH_KEY } }
`,
  searched: `
detectors:
  - { name: card, find: [card, iban, ssn, ip, secret], patterns: { ticket: 'TCK-[0-9]{6}' }, action: redact }
`,
  found: `
detectors:
  - { name: all, find: [card, iban, email, phone, ssn, ip, secret], action: replaceWithInfoType }
`,
};
