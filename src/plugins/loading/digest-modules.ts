import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The most bytes that the modules of one plugin may have. */
const maxBytes = 32_000_000;

/** Which modules a plugin has, and what is in them. */
export interface ModuleDigest {
  /** Twelve hex digits: equal for equal contents under equal names, seen from the first module; the folder may differ. */
  readonly hash: string;
  /** URL of the first module. */
  readonly entry: string;
  /** URLs of all its own modules. */
  readonly modules: readonly string[];
}

/** Reads the modules and names their content. Rejects where one is gone, or all are too large. */
export async function digestModules({
  entry,
  modules,
}: Omit<ModuleDigest, 'hash'>): Promise<ModuleDigest> {
  const home = dirname(fileURLToPath(entry));
  const total = createHash('sha256');
  let bytes = 0;
  for (const path of modules.map((url) => fileURLToPath(url)).sort()) {
    bytes += (await stat(path)).size;
    if (bytes > maxBytes) throw new Error(`has more than ${maxBytes} bytes of modules`);
    const content = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    total.update(`${relative(home, path)}\n${content}\n`);
  }
  return { hash: total.digest('hex').slice(0, 12), entry, modules };
}

/** Whether the modules are still as they were. */
export async function isUnchanged(digest: ModuleDigest): Promise<boolean> {
  try {
    return (await digestModules(digest)).hash === digest.hash;
  } catch {
    return false;
  }
}
