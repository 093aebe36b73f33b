import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Licences that ask for no more than attribution; what is published depends on nothing else. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { version?: string; license?: string; dev?: boolean; devOptional?: boolean }>
  >;
}

/** Every package that an installation for production brings, with the licence that it declares. */
function productionPackages(folder: string): Package[] {
  const lock: LockFile = JSON.parse(readFileSync(resolve(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version = '?', license }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license ?? declaredIn(resolve(folder, path)),
    }));
}

function declaredIn(folder: string): string {
  const { license }: { license?: string } = JSON.parse(
    readFileSync(resolve(folder, 'package.json'), 'utf8'),
  );
  return license ?? 'none declared';
}

/** Reads an SPDX expression of AND, OR and brackets: one side of each OR must be allowed. */
function isAllowed(licence: string): boolean {
  const flat = licence.replace(/[()]/g, '');
  return flat
    .split(' AND ')
    .every((part) => part.split(' OR ').some((name) => allowed.has(name.trim())));
}

const packages = productionPackages(resolve(import.meta.dirname, '..'));
const refused = packages.filter(({ licence }) => !isAllowed(licence));
if (refused.length > 0) {
  console.error(`${refused.length} dependencies have a licence that is not on the list:`);
  console.table(refused);
  process.exitCode = 1;
} else {
  console.log(`${packages.length} production dependencies, every licence allowed`);
}
