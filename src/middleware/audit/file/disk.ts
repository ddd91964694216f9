import {
  close,
  constants,
  fdatasync,
  fstat,
  fsync,
  ftruncate,
  open,
  read,
  readdir,
  rename,
  stat,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { promisify } from 'node:util';

/** What the file store needs of a file that it appends to. Tests put a failing one in its place. */
export interface DiskFile {
  /** Appends, and says how many bytes it took. */
  write(bytes: Uint8Array): Promise<number>;
  /** Resolves when everything written is durable. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  read(position: number, length: number): Promise<Uint8Array>;
  identify(): Promise<Identity>;
  close(): Promise<void>;
}

/** The file that a path leads to at this moment. */
export interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
}

export interface Disk {
  /** Opens for appending; a new file belongs to this user alone. */
  open(path: string): Promise<DiskFile>;
  identify(path: string): Promise<Identity>;
  rename(from: string, to: string): Promise<void>;
  /** The names in a folder. */
  list(path: string): Promise<readonly string[]>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

const calls = {
  open: promisify(open),
  close: promisify(close),
  read: promisify(read),
  fdatasync: promisify(fdatasync),
  fsync: promisify(fsync),
  ftruncate: promisify(ftruncate),
  readdir: promisify(readdir),
  rename: promisify(rename),
  stat: promisify(stat),
  fstat: promisify(fstat),
};

const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

export const nodeDisk: Disk = {
  async open(path) {
    return diskFile(await calls.open(path, appending, 0o600));
  },
  async identify(path) {
    return identity(await calls.stat(path, { bigint: true }));
  },
  rename: (from, to) => calls.rename(from, to),
  list: (path) => calls.readdir(path),
  async syncFolder(path) {
    // Windows cannot open folders and needs no such call.
    if (process.platform === 'win32') return;
    const descriptor = await calls.open(path, 'r');
    try {
      await calls.fsync(descriptor);
    } finally {
      await calls.close(descriptor);
    }
  },
};

function diskFile(descriptor: number): DiskFile {
  return {
    // Into the page cache, which costs less than handing it to another thread; `sync` is what waits for the disk.
    write: async (bytes) => writeSync(descriptor, bytes),
    sync: () => calls.fdatasync(descriptor),
    truncate: (size) => calls.ftruncate(descriptor, size),
    async read(position, length) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await calls.read(descriptor, bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    },
    identify: async () => identity(await calls.fstat(descriptor, { bigint: true })),
    close: () => calls.close(descriptor),
  };
}

function identity({ dev, ino, size }: BigIntStats): Identity {
  return { device: dev, inode: ino, size: Number(size) };
}
