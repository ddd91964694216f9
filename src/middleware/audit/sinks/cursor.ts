import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, readJson } from '../../../call/json.ts';
import { systemCode } from '../../../call/system-code.ts';
import { replaceFile } from '../../../store/file/replace-file.ts';
import { canonicalText } from '../canonical.ts';
import type { RecordPlace } from './record-source.ts';
import type { RecordedEvent, RefusedEvent } from './sink.ts';

/** How far a sink has come in each chain, and what it refused; on disk. */
export interface Cursor {
  read(chain: string): Promise<RecordPlace | undefined>;
  /** Resolves when it is durable. */
  move(chain: string, place: RecordPlace): Promise<void>;
  /** Keeps what the other side will never take. */
  putAside(event: RecordedEvent, refused: RefusedEvent): Promise<void>;
}

/** `SINK.CHAIN.json` and, where something was refused, `SINK.refused.jsonl` in a folder. */
export function fileCursor(folder: string, sink: string): Cursor {
  const pathOf = (chain: string): string => join(folder, `${sink}.${chain}.json`);
  return {
    async read(chain) {
      const text = await readText(pathOf(chain));
      return text === undefined ? undefined : placeIn(text, pathOf(chain));
    },
    async move(chain, { segment, offset }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(pathOf(chain), `${canonicalText({ segment, offset })}\n`);
    },
    async putAside({ line }, { reason }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(join(folder, `${sink}.refused.jsonl`), 'a', 0o600);
      try {
        await file.appendFile(`${JSON.stringify({ reason, line })}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
  };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function placeIn(text: string, path: string): RecordPlace {
  const place = readJson(text);
  if (isJsonObject(place)) {
    const { segment, offset } = place;
    if (typeof segment === 'number' && typeof offset === 'number') return { segment, offset };
  }
  throw new Error(
    `${path} does not say how far the sink has come. Take it away to send the whole record again.`,
  );
}
