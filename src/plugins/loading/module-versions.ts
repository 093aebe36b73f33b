import { registerHooks } from 'node:module';
import type { ModuleDigest } from './digest-modules.ts';
import { rewritten } from './plugin-source.ts';

/** Imports versions of plugins beside each other. */
export interface ModuleVersions {
  /** Imports a module as the version of a digest; what it imports of its own follows. Same version, same module. */
  import(digest: ModuleDigest): Promise<Readonly<Record<string, unknown>>>;
  /** What was imported as this version may have other content: the next import of it begins anew. */
  forget(digest: ModuleDigest): void;
}

/** The parameter of a URL that tells versions apart: Node.js keeps a module for ever under its whole URL. */
const parameter = 'sightline';

/**
 * Makes imports by version. The hook on imports stands while the process does: a plugin may import more at any time.
 */
export function createModuleVersions(): ModuleVersions {
  const versions = new Map<string, ReadonlySet<string>>();
  const forgotten = new Map<string, number>();
  const tagOf = ({ hash }: ModuleDigest) => {
    const times = forgotten.get(hash) ?? 0;
    return times === 0 ? hash : `${hash}.${times}`;
  };
  let isHooked = false;
  const hook = () => {
    isHooked = true;
    registerHooks({
      resolve(specifier, context, next) {
        const own = versions.get(versionOf(context.parentURL));
        if (own === undefined) return next(specifier, context);
        const found = next(rewritten(specifier), context);
        if (!own.has(found.url)) return found;
        return { ...found, url: versioned(found.url, versionOf(context.parentURL)) };
      },
    });
  };
  return {
    async import(digest) {
      if (!isHooked) hook();
      const { entry, modules } = digest;
      const tag = tagOf(digest);
      // The same plugin may stand in two folders.
      versions.set(tag, new Set([...(versions.get(tag) ?? []), ...modules]));
      const url = versioned(entry, tag);
      return await import(url);
    },
    forget(digest) {
      versions.delete(tagOf(digest));
      forgotten.set(digest.hash, (forgotten.get(digest.hash) ?? 0) + 1);
    },
  };
}

const versioned = (url: string, hash: string) => `${url}?${parameter}=${hash}`;

const versionOf = (url = ''): string => {
  const at = url.lastIndexOf(`?${parameter}=`);
  return at < 0 ? '' : url.slice(at + parameter.length + 2);
};
