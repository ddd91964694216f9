import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const guardYaml = `version: 1
project: acme
principal: { id: shop-agent, groups: [agents] }
people: { owners: { members: [{ id: ana, keys: [] }] } }
tags: { pii: { columns: [shop.customers.email] } }
rules:
  - { name: shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }
  - { name: no-hr, datasets: [hr], effect: deny, reason: HR is closed. }
  - { name: big, when: 'cost.bytes > bytes("5 GiB")', effect: require-approval, approval: { from: [owners] } }
  - { name: stars, when: facts.selectsStar, effect: deny, mode: monitor }
masks: [{ name: hide-pii, tags: [pii], with: nullify }]
limits: [{ name: small, maximumBytesBilled: 10 GiB, concurrent: 3 }]
channels: { owners: { webhook: 'https://hooks.acme.io/a', secretFromEnv: SECRET, notify: [owners] } }
audit: { folder: ./audit }
`;

export const catalogYaml = `version: 1
project: acme
tables:
  - { name: shop.customers, columns: { id: INT64, email: STRING } }
  - { name: hr.salaries, columns: { id: INT64, pay: INT64 } }
`;

export interface Folder {
  readonly path: string;
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** A folder with a policy and a catalog in it. */
export async function policyFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'policy-'));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(path, name), text);
    return join(path, name);
  };
  await write('guard.yaml', guardYaml);
  await write('catalog.yaml', catalogYaml);
  return { path, write, remove: () => rm(path, { recursive: true, force: true }) };
}
