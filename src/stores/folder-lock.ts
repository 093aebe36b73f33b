import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SightlineError } from '../domain/errors.ts';
import { storeError } from './store-error.ts';

const sqliteBusy = 5;

/** A data folder that this process alone uses, until it is released or nothing refers to it any more. */
export interface FolderLock {
  release(): void;
}

/**
 * Makes a data folder where there is none and takes it for this process. The lock is the operating system's:
 * it ends with the process, however the process ends. Throws `SL_STORE_LOCKED` with the process that has it.
 */
export function lockFolder(folder: string): FolderLock {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(join(folder, 'lock.pid'), `${process.pid}\n`);
  } catch (cause) {
    lock?.close();
    if ((Object(cause).errcode & 0xff) === sqliteBusy) throw lockedError(folder, cause);
    throw storeError(cause, folder);
  }
  return { release: () => lock.close() };
}

function lockedError(folder: string, cause: unknown): SightlineError {
  const message = `data folder ${folder} is open in process ${holder(folder)}, expected no other process`;
  return new SightlineError('SL_STORE_LOCKED', message, { cause });
}

function holder(folder: string): string {
  try {
    return readFileSync(join(folder, 'lock.pid'), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
