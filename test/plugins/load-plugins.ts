import { join } from 'node:path';
import { systemClock } from '../../src/domain/clock.ts';
import { SightlineError } from '../../src/domain/errors.ts';
import { createPluginShelf, type PluginShelf } from '../../src/plugins/plugin-shelf.ts';
import { type PluginsOptions, pluginsSchema } from '../../src/plugins/plugins-schema.ts';
import type { FactName, Facts } from '../../src/telemetry/facts.ts';

/** The folder of the plugins of the tests. */
export const pluginFolder = join(import.meta.dirname);

/** Plugins as a configuration gives them, with every default filled in. */
export function pluginsOf(plugins: Readonly<Record<string, object>>): PluginsOptions {
  return pluginsSchema.parse(plugins);
}

/** A shelf over a folder, and the names of the facts that it tells. */
export function openTestShelf(folder = pluginFolder): {
  readonly shelf: PluginShelf;
  readonly told: { readonly name: FactName; readonly fact: Facts[FactName] }[];
} {
  const told: { name: FactName; fact: Facts[FactName] }[] = [];
  const shelf = createPluginShelf({
    folder,
    clock: systemClock,
    emit: (name, fact) => void told.push({ name, fact }),
    restartMs: 5,
  });
  return { shelf, told };
}

/** What a load is refused with. */
export async function refusal(
  shelf: PluginShelf,
  plugins: Readonly<Record<string, object>>,
): Promise<{ readonly code: string; readonly mistakes: readonly string[] }> {
  try {
    await (await shelf.load(pluginsOf(plugins))).release();
  } catch (cause) {
    if (!(cause instanceof SightlineError)) throw cause;
    const mistakes = cause.mistakes.map(({ path, message }) => `${path} ${message}`);
    return { code: cause.code, mistakes };
  }
  throw new Error('nothing was refused');
}
