import { nodeDisk, type Disk } from '../../../src/middleware/audit/file/disk.ts';

export interface FailingDisk extends Disk {
  /** How many more bytes fit. */
  space: number;
  /** Set to make the next syncs fail. */
  syncError: Error | undefined;
}

/** A disk of limited size that takes what fits and then refuses, as a real one does. */
export function failingDisk(space: number): FailingDisk {
  const disk: FailingDisk = { ...nodeDisk, space, syncError: undefined, open: (path) => open(disk, path) };
  return disk;
}

async function open(disk: FailingDisk, path: string): ReturnType<Disk['open']> {
  const file = await nodeDisk.open(path);
  return {
    ...file,
    async write(bytes) {
      if (disk.space === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      const written = await file.write(bytes.subarray(0, disk.space));
      disk.space -= written;
      return written;
    },
    async sync() {
      if (disk.syncError !== undefined) throw disk.syncError;
      await file.sync();
    },
    async truncate(size) {
      const before = (await file.identify()).size;
      await file.truncate(size);
      disk.space += before - size;
    },
  };
}
