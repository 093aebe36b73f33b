import type { DryRun } from '../../dry-run.ts';
import { short } from '../query/explain.ts';
import type { DryRunExplanation } from './explain-schema.ts';

/** Ways told of each model. */
const waysOfModel = 3;

/** Why the models of a work would bring an item: the ways from what the user did to it, by model. */
export function listPaths(
  { run, work, models }: DryRun,
  item: number,
): DryRunExplanation['items'][number]['because'] {
  const asked = new Set(work.stages.flatMap(({ components }) => components));
  return [...models].flatMap(([name, slot]) => {
    if (!asked.has(name) || !('model' in slot)) return [];
    const ways = slot.model.explain?.(run.query, item, waysOfModel) ?? [];
    return ways.map(({ nodes, share }) => ({
      model: name,
      nodes: [...nodes],
      share: short(share),
    }));
  });
}
