import { SightlineError } from '../domain/errors.ts';
import type { ItemTable } from '../stores/item-table.ts';
import { type BlobStore, openDiskBlobs } from './blob-store.ts';
import { type FramedModel, readFrame } from './file.ts';
import { modelKinds } from './index.ts';
import type { Model } from './model.ts';
import { readRecord, type VersionRecord, writeRecord } from './version-record.ts';

const extension = '.slm';
/** Former current versions that a pointer remembers. */
const rememberedVersions = 8;

/** A version that is kept. */
export interface KeptVersion {
  readonly version: string;
  readonly isCurrent: boolean;
  /** Undefined where none was written, or it cannot be read. */
  readonly record: VersionRecord | undefined;
}

/**
 * The trained models: a folder a model, in it a blob and a record a version, and a pointer that names the current version
 * and those that were current before.
 */
export interface Registry {
  /**
   * Keeps framed bytes without letting them serve; answers their version. The current one, the one before it and the newest
   * ones stay, older ones are removed. Throws `SL_MODEL_CORRUPT`.
   */
  stage(name: string, bytes: Uint8Array, record?: VersionRecord): Promise<string>;
  /** Makes a kept version the current one. Throws `SL_NOT_FOUND`. */
  promote(name: string, version: string, atMs?: number): Promise<void>;
  /** Makes the version current that was before; answers it. Throws `SL_NOT_FOUND` where there is none. */
  rollBack(name: string): Promise<string>;
  /** Takes the last promotion back, that of a first version too: then there is no current one. */
  withdraw(name: string): Promise<void>;
  /** Stages and promotes; answers the version. */
  save(name: string, bytes: Uint8Array, record?: VersionRecord): Promise<string>;
  /**
   * Loads the current version; undefined when there is none. Throws `SL_MODEL_CORRUPT`, `SL_MODEL_VERSION`.
   */
  loadCurrent(name: string, kind: string, table: ItemTable): Promise<Model | undefined>;
  /** The bytes of the current version; undefined when there is none. Throws as `loadCurrent` does. */
  readCurrent(name: string, kind: string): Promise<FramedModel | undefined>;
  /** The version that the pointer names; undefined when there is none. Throws as `loadCurrent` does. */
  currentVersion(name: string): Promise<string | undefined>;
  /** Versions that are kept, newest first. */
  versions(name: string): Promise<readonly string[]>;
  /** What is known of a version. */
  record(name: string, version: string): Promise<VersionRecord | undefined>;
  /** Versions that are kept with their records, newest first. */
  history(name: string): Promise<readonly KeptVersion[]>;
}

/** Where models are kept, and how many. */
export interface RegistryOptions {
  readonly folder: string;
  /** In place of the folder. */
  readonly blobs?: BlobStore;
  /** Newest versions kept of each model, beside the current one and the one before it. */
  readonly keepVersions?: number;
}

/**
 * Opens the registry in a folder, which need not exist yet.
 *
 * @example await openRegistry({ folder: 'var/models' }).loadCurrent('popular', 'popular', table)
 */
export function openRegistry({
  folder,
  blobs = openDiskBlobs(folder),
  keepVersions = 3,
}: RegistryOptions): Registry {
  const keyOf = (name: string, version: string) => `${name}/${version}${extension}`;
  const recordKeyOf = (name: string, version: string) => `${name}/${version}.json`;
  const pointer = createPointer(blobs);
  const versions = async (name: string): Promise<readonly string[]> => {
    const kept = (await blobs.list(name)).filter(({ key }) => key.endsWith(extension));
    return kept
      .sort((a, b) => b.atMs - a.atMs)
      .map(({ key }) => key.slice(name.length + 1, -extension.length));
  };
  const record = async (name: string, version: string) => {
    const bytes = await blobs.get(recordKeyOf(name, version));
    return bytes && readRecord(bytes);
  };
  const currentVersion = async (name: string): Promise<string | undefined> => {
    const [version] = await pointer.read(name);
    if (version === undefined) return undefined;
    if (isVersion(version) && (await versions(name)).includes(version)) return version;
    throw new SightlineError(
      'SL_MODEL_CORRUPT',
      `pointer of model ${name} names ${version.slice(0, 20)}, which does not exist`,
    );
  };
  const readCurrent = async (name: string, kind: string): Promise<FramedModel | undefined> => {
    const version = await currentVersion(name);
    const bytes = version && (await blobs.get(keyOf(name, version)));
    if (!bytes) return undefined;
    const model = readFrame(bytes, keyOf(name, version));
    if (model.stamp.kind === kind) return model;
    throw new SightlineError(
      'SL_MODEL_VERSION',
      `model ${name} is a ${model.stamp.kind}, expected a ${kind}`,
    );
  };
  const dropOld = async (name: string) => {
    const [current, previous] = await pointer.read(name);
    const old = (await versions(name)).slice(keepVersions);
    for (const version of old) {
      if (version === current || version === previous) continue;
      await blobs.remove(keyOf(name, version));
      await blobs.remove(recordKeyOf(name, version));
    }
  };
  const stage: Registry['stage'] = async (name, bytes, own) => {
    const { version } = readFrame(bytes, name).stamp;
    if (own !== undefined) await blobs.put(recordKeyOf(name, version), writeRecord(own));
    await blobs.put(keyOf(name, version), bytes);
    await dropOld(name);
    return version;
  };
  const promote: Registry['promote'] = async (name, version, atMs) => {
    if (!isVersion(version) || !(await versions(name)).includes(version))
      throw unknownVersion(name, version);
    const own = await record(name, version);
    if (own !== undefined && atMs !== undefined)
      await blobs.put(recordKeyOf(name, version), writeRecord({ ...own, promotedAtMs: atMs }));
    const before = (await pointer.read(name)).filter((other) => other !== version);
    await pointer.write(name, [version, ...before.filter(isVersion)]);
  };
  return {
    stage,
    promote,
    async rollBack(name) {
      const kept = await versions(name);
      const [, ...former] = await pointer.read(name);
      const left = former.filter((version) => kept.includes(version));
      if (left.length === 0) {
        const message = `model ${name.slice(0, 64)} has no version that served before`;
        throw new SightlineError('SL_NOT_FOUND', message);
      }
      await pointer.write(name, left);
      return left[0];
    },
    withdraw: async (name) => pointer.write(name, (await pointer.read(name)).slice(1)),
    async save(name, bytes, own) {
      const version = await stage(name, bytes, own);
      await promote(name, version, own?.trainedAtMs);
      return version;
    },
    currentVersion,
    readCurrent,
    async loadCurrent(name, kind, table) {
      const model = await readCurrent(name, kind);
      return model && modelKinds[kind].load(model.payload, model.stamp, table);
    },
    versions,
    record,
    async history(name) {
      const [current] = await pointer.read(name);
      return Promise.all(
        (await versions(name)).map(async (version) => ({
          version,
          isCurrent: version === current,
          record: await record(name, version),
        })),
      );
    },
  };
}

/** The pointer of a model: a version a line, the current one first, then those that were current before it. */
function createPointer(blobs: BlobStore) {
  const keyOf = (name: string) => `${name}/current`;
  return {
    async read(name: string): Promise<readonly string[]> {
      const bytes = await blobs.get(keyOf(name));
      if (bytes === undefined) return [];
      const lines = Buffer.from(bytes)
        .toString()
        .split('\n')
        .map((line) => line.trim());
      return lines.filter((line, at) => at === 0 || line !== '');
    },
    async write(name: string, versions: readonly string[]): Promise<void> {
      const lines = versions.slice(0, rememberedVersions).map((version) => `${version}\n`);
      if (lines.length === 0) await blobs.remove(keyOf(name));
      else await blobs.put(keyOf(name), Buffer.from(lines.join('')));
    },
  };
}

const isVersion = (version: string) => /^[0-9a-f]{12}$/.test(version);

function unknownVersion(name: string, version: string): SightlineError {
  const message = `version of model ${name.slice(0, 64)} is ${version.slice(0, 20)}, expected one that is kept`;
  return new SightlineError('SL_NOT_FOUND', message);
}
