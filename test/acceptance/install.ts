import { installBqemulator } from './bqemulator.ts';

/** `npm run acceptance:install`: an independent emulator of BigQuery, some 600 MB, in an ignored folder. */
console.log(`bqemulator is installed: ${await installBqemulator()}`);
