import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A blob, without what is in it. */
export interface BlobEntry {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds of its last change. */
  readonly atMs: number;
}

/**
 * Where bytes are kept under keys. A key is one to four names of letters, digits, `_`, `.` and `-`, none of which begins
 * with a dot or a hyphen, with slashes between. Every call rejects with RangeError for another key, and with the error
 * of the system where the store cannot be reached.
 */
export interface BlobStore {
  /** Keeps bytes instead of those before; after a crash they are there whole, or those before are. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Undefined where there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The blobs whose key is the folder and one more name, in order of key. */
  list(folder: string): Promise<readonly BlobEntry[]>;
  /** Removes a blob; one that is not there is no error. */
  remove(key: string): Promise<void>;
}

/**
 * Opens a store of blobs in a folder of the disk, which need not exist yet: a key is a path in it.
 *
 * @example
 * const blobs = openDiskBlobs('var/models');
 * await blobs.put('popular/current', Buffer.from('0f3c'));
 */
export function openDiskBlobs(folder: string): BlobStore {
  const fileOf = (key: string) => join(folder, checkKey(key));
  return {
    put: async (key, bytes) => writeWhole(fileOf(key), bytes),
    get: async (key) => readFile(fileOf(key)).catch(unlessMissing),
    async list(prefix) {
      const names = (await readdir(fileOf(prefix)).catch(unlessMissing)) ?? [];
      const entries = await Promise.all(
        names.filter(isName).map((name) => describe(folder, `${prefix}/${name}`)),
      );
      return entries
        .filter((entry) => entry !== undefined)
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    remove: async (key) => rm(fileOf(key), { force: true }),
  };
}

const longestName = 200;
const deepest = 4;
const isName = (name: string) => /^\w[\w.-]*$/.test(name) && !name.endsWith('.tmp');

/** Nothing of a key may lead out of the folder. */
function checkKey(key: string): string {
  const names = key.split('/');
  if (names.length <= deepest && names.every((name) => name.length <= longestName && isName(name)))
    return key;
  throw new RangeError(`key of a blob is ${JSON.stringify(key.slice(0, 60))}, expected names`);
}

async function describe(folder: string, key: string): Promise<BlobEntry | undefined> {
  const found = await stat(join(folder, key)).catch(unlessMissing);
  return found?.isFile() ? { key, bytes: found.size, atMs: found.mtimeMs } : undefined;
}

function unlessMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

/** Writes beside the file, waits for the disk, and then takes its name. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
