import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const block = Buffer.alloc(4096, 1);

/** Milliseconds of each of `times` appends of 4 KB with one fdatasync, in a folder of the disk in question. */
export function timeFdatasync(folder: string, times: number): number[] {
  const path = join(folder, 'fdatasync.bin');
  const file = openSync(path, 'w');
  try {
    return Array.from({ length: times }, () => {
      writeSync(file, block);
      const began = performance.now();
      fdatasyncSync(file);
      return performance.now() - began;
    });
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
