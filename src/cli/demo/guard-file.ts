export interface DemoGuardFile {
  readonly auditFolder: string;
  readonly webhookUrl: string;
  readonly callbackPort: number;
  readonly approverKey: string;
  readonly upstream: string;
}

/** The policy of the demo, as a team would write it. */
export function guardFile(options: DemoGuardFile): string {
  return `version: 1
project: demo-project
principal: { id: shop-agent@demo, groups: [agents] }

people:
  data-owners: { members: [{ id: ana@demo, keys: ["${options.approverKey}"] }] }

channels:
  owners:
    webhook: ${options.webhookUrl}
    secretFromEnv: DEMO_WEBHOOK_SECRET
    allowInsecureLoopback: true
    notify: [data-owners]

tags:
  mail:       { columns: [shop.customers.email] }
  number:     { columns: [shop.customers.phone, shop.customers.card_number] }
  address:    { columns: [shop.customers.street] }
  restricted: { datasets: [hr] }

rules:
  - { name: agents-read-shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }
  - name: address-needs-owner
    tags: [address]
    effect: require-approval
    approval: { from: [data-owners], expiresIn: 2m }
    reason: Addresses are shown only when a data owner agrees.
  - { name: no-hr, tags: [restricted], effect: deny, reason: HR data is closed to agents. }

masks:
  - { name: mail-domain, tags: [mail], with: emailMask }
  - { name: last-four, tags: [number], with: lastFour }

limits:
  - { name: cheap-queries, principals: { groups: [agents] }, maximumBytesBilled: 20 MiB }

budgets:
  - { name: agent-day, principals: { groups: [agents] }, per: principal, period: day, bytes: 1 GiB }

audit: { folder: ${JSON.stringify(options.auditFolder)}, prompts: full }

approval:
  callback: { port: ${options.callbackPort} }
  waitFor: 1m

service:
  tokens:
    - { fromEnv: DEMO_TOKEN, principal: { id: shop-agent@demo, groups: [agents] } }
  upstream: { url: ${options.upstream}, credentials: none }
`;
}
