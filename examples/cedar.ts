// Cedar decides beside the rules of the guard, in this process; it can only narrow what they allow.
// Run it, with @cedar-policy/cedar-wasm installed: node examples/cedar.ts

import { cedar } from '../src/middleware/index.ts';
import { shopWith } from './parts/engine-shop.ts';

const engine = await cedar({
  policies: `
    permit (principal in Guard::Group::"agents", action == Guard::Action::"read", resource in Guard::Dataset::"acme.shop");

    @id("stars")
    @reason("Name the columns that you need.")
    forbid (principal, action, resource) when { context.facts.selectsStar };
  `,
});

const ask = shopWith(engine);

await ask('SELECT id FROM shop.orders');
await ask('SELECT * FROM shop.orders');
await ask('SELECT pay FROM hr.salaries');
