import type {
  Generation,
  GenerationSettings,
} from '../../../src/pipeline/generations/generation.ts';
import { LiveGeneration } from '../../../src/pipeline/generations/live-generation.ts';
import { unitePlugins } from '../../../src/plugins/unite-plugins.ts';

/** A generation of nothing but works. */
export function generationOf(
  id: string,
  works: Generation['works'] = new Map(),
  release: Generation['release'] = async () => {},
): Generation {
  const settings: GenerationSettings = { works: {}, segments: [], models: {} };
  const models = new Map();
  return {
    ...{ id, works, settings, models, release, versions: {} },
    ...{ tables: new Map(), features: new Map(), catalogue: unitePlugins([]) },
  };
}

/** A generation of nothing but works, in memory. */
export function liveGeneration(id: string, works?: Generation['works']): LiveGeneration {
  const origin = { trigger: 'start', builtAtMs: 0, comparison: undefined, heldBack: [] } as const;
  return new LiveGeneration(generationOf(id, works), origin);
}
