// Decisions about approvals come in through a route handler of Next.js: what would stand in
// app/approvals/route.ts. Next itself does not run here; the route is called as Next calls it.
// Run it: node examples/approval-next.ts

import { askAna, gate } from './parts/ask-ana.ts';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

export async function POST(request: Request): Promise<Response> {
  return gate.handler(request);
}

await askAna(POST, 'https://shop.acme.io/approvals');
