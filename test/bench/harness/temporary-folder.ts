import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Runs with a new folder below `var/`, on the disk of the repository rather than in a memory file
 * system, and removes it at the end.
 */
export async function withTemporaryFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const parent = resolve(import.meta.dirname, '../../../var');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // For a bench that is interrupted.
  process.once('exit', remove);
  try {
    return await run(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
