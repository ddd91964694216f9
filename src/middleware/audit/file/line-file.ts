import { unavailable } from '../unavailable.ts';
import type { Disk, DiskFile } from './disk.ts';

/** A small file beside a chain to which whole lines are added, each durable before it counts. */
export class LineFile {
  readonly #file: DiskFile;

  /** A line that a crash has cut is taken away: whatever it told is told again. */
  static async open(disk: Disk, path: string): Promise<LineFile> {
    const file = await disk.open(path);
    try {
      await cutTornLine(file);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new LineFile(file);
  }

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** All of it or nothing: half a line would read as a forged one. */
  async append(line: string): Promise<void> {
    const { size } = await this.#file.identify();
    const bytes = Buffer.from(`${line}\n`);
    try {
      const written = await this.#file.write(bytes);
      if (written < bytes.length) throw unavailable('a file beside the record takes no more');
      await this.#file.sync();
    } catch (error) {
      await this.#file.truncate(size);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function cutTornLine(file: DiskFile): Promise<void> {
  const { size } = await file.identify();
  const start = Math.max(0, size - longestLine);
  const bytes = await file.read(start, size - start);
  const whole = bytes.lastIndexOf(lineFeed) + 1;
  if (whole < bytes.length) await file.truncate(start + whole);
}

const longestLine = 4096;
const lineFeed = 10;
