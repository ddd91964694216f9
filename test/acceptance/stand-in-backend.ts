import { startStandIn } from '../../src/testing/index.ts';

/** One of our own stand-ins as a backend of the bypass runner: `stand-in-backend.ts PORT PROJECT`. */
const [, , port, project] = process.argv;
await startStandIn({ project: project ?? 'acme-data', port: Number(port) });
