import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SightlineError } from '../domain/errors.ts';
import type { ItemTable } from '../stores/item-table.ts';
import { type FramedModel, readFrame, readModelFile, writeWhole } from './file.ts';
import { modelKinds } from './index.ts';
import type { Model } from './model.ts';

/** Versions kept of each model. */
const keptVersions = 3;
const extension = '.slm';

/** The trained models on disk: a folder a model, a file a version, and which one is current. */
export interface Registry {
  /** Keeps framed bytes as the current version of a model and drops versions beyond the last three. */
  save(name: string, bytes: Uint8Array): void;
  /**
   * Loads the current version; undefined when there is none. Throws `SL_MODEL_CORRUPT`, `SL_MODEL_VERSION`.
   */
  loadCurrent(name: string, kind: string, table: ItemTable): Model | undefined;
  /** The bytes of the current version; undefined when there is none. Throws as `loadCurrent` does. */
  readCurrent(name: string, kind: string): FramedModel | undefined;
  /** The version that the pointer names; undefined when there is none. Throws as `loadCurrent` does. */
  currentVersion(name: string): string | undefined;
  /** Versions on disk, newest first. */
  versions(name: string): readonly string[];
}

/**
 * Opens the registry in a folder, which need not exist yet.
 *
 * @example openRegistry({ folder: 'var/models' }).loadCurrent('popular', 'popular', table)
 */
export function openRegistry({ folder }: { folder: string }): Registry {
  const folderOf = (name: string) => join(folder, name);
  const pointerOf = (name: string) => join(folderOf(name), 'current');
  const fileOf = (name: string, version: string) => join(folderOf(name), `${version}${extension}`);
  const versions = (name: string): string[] => {
    if (!existsSync(folderOf(name))) return [];
    const age = (version: string) => statSync(fileOf(name, version)).mtimeMs;
    return readdirSync(folderOf(name))
      .filter((file) => file.endsWith(extension))
      .map((file) => file.slice(0, -extension.length))
      .sort((a, b) => age(b) - age(a));
  };
  const currentVersion = (name: string): string | undefined => {
    if (!existsSync(pointerOf(name))) return undefined;
    const version = readFileSync(pointerOf(name), 'utf8').trim();
    if (/^[0-9a-f]{12}$/.test(version) && existsSync(fileOf(name, version))) return version;
    throw new SightlineError(
      'SL_MODEL_CORRUPT',
      `pointer of model ${name} names ${version.slice(0, 20)}, which does not exist`,
    );
  };
  const readCurrent = (name: string, kind: string): FramedModel | undefined => {
    const version = currentVersion(name);
    if (version === undefined) return undefined;
    const model = readModelFile(fileOf(name, version));
    if (model.stamp.kind === kind) return model;
    throw new SightlineError(
      'SL_MODEL_VERSION',
      `model ${name} is a ${model.stamp.kind}, expected a ${kind}`,
    );
  };
  return {
    versions,
    save(name, bytes) {
      const { version } = readFrame(bytes, name).stamp;
      writeWhole(fileOf(name, version), bytes);
      writeWhole(pointerOf(name), Buffer.from(version));
      const old = versions(name).filter((other) => other !== version);
      for (const other of old.slice(keptVersions - 1)) rmSync(fileOf(name, other));
    },
    currentVersion,
    readCurrent,
    loadCurrent(name, kind, table) {
      const model = readCurrent(name, kind);
      return model && modelKinds[kind].load(model.payload, model.stamp, table);
    },
  };
}
