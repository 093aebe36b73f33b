import { type Mistake, SightlineError } from '../domain/errors.ts';
import type { PluginPart } from '../domain/plugin-part.ts';

/** Throws `SL_CONFIG_INVALID` with every series that two detectors of plugins are to judge. */
export function assertJudgedOnce(parts: readonly PluginPart[]): void {
  const judges = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const { name, plugin, series } of parts) {
    for (const one of new Set(series)) {
      const judge = judges.get(one);
      if (judge === undefined) judges.set(one, `${name} of plugin ${plugin}`);
      else {
        const message = `judges ${one} by detector ${name}, which ${judge} does already`;
        mistakes.push({ path: `plugins.${plugin}`, message });
      }
    }
  }
  if (mistakes.length === 0) return;
  const list = mistakes.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', `plugins are at odds: ${list}`, { mistakes });
}
