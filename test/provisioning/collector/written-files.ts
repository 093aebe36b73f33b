import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GeneratedFile } from '../../../src/provisioning/generated-file.ts';

/** Writes files into a folder of their own, which goes away with the test; answers the folder. */
export function written(files: readonly GeneratedFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
