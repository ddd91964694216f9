// Runs the contract of policy engines against Open Policy Agent itself. It is built from source into .cache/opa once,
// which takes Go 1.26 and some minutes. Run it: npm run acceptance:opa
import { deepStrictEqual } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { opa } from '../../src/middleware/policy/engines/opa.ts';
import { testPolicy } from '../../src/testing/test-policy.ts';

const version = 'v1.22.2';
const folder = fileURLToPath(new URL('../../.cache/opa', import.meta.url));
const binary = `${folder}/opa`;
const rego = fileURLToPath(new URL('../../examples/opa.rego', import.meta.url));

if (!existsSync(binary)) build();
const port = await freePort();
const server = spawn(
  binary,
  ['run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', rego],
  {
    stdio: 'inherit',
  },
);
after(() => void server.kill());
await untilReady();

testPolicy('opa', () => opa({ url: `http://127.0.0.1:${port}/v1/data/guard/decision` }), {
  describe: (title, body) => describe(title, body),
  it: (title, body) => it(title, body),
  expect: (actual) => ({ toEqual: (expected) => deepStrictEqual(actual, expected) }),
  // No such document: OPA then answers without a result.
  broken: () => opa({ url: `http://127.0.0.1:${port}/v1/data/nothing` }),
});

function build(): void {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('OPA is not run: there is no Go to build it with. Install Go 1.26.');
    process.exit(process.env['CI'] === 'true' ? 1 : 0);
  }
  console.log(`Building OPA ${version}, once …`);
  mkdirSync(folder, { recursive: true });
  const built = spawnSync('go', ['install', '-trimpath', `github.com/open-policy-agent/opa@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
    stdio: 'inherit',
  });
  if (built.status !== 0) process.exit(1);
}

/** OPA prints its port only with its log. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new TypeError('There is no free port.');
  return address.port;
}

async function untilReady(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new TypeError('OPA did not start.');
}
