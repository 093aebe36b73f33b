import { SightlineError } from '../domain/errors.ts';
import type { Surface } from '../domain/intent.ts';
import { layOut, type PipelineLayout } from '../telemetry/layout.ts';
import type { ShadowOptions } from './shadow-schema.ts';
import type { Column, Stage } from './stage.ts';

/** A work, built: what runs, in which order, within which time. Immutable. */
export interface Work {
  readonly name: string;
  readonly surface: Surface;
  readonly strategy: string;
  readonly budgetMs: number;
  readonly maxBudgetMs: number;
  readonly stages: readonly Stage[];
  readonly scorers: readonly string[];
  readonly layout: PipelineLayout;
  /** The work that answers some of its requests too, unseen. */
  readonly shadow?: ShadowOptions | undefined;
  /** The same, for when faults are in place; undefined where faults are off. */
  readonly faulty?: Work | undefined;
}

/**
 * Builds a work and checks that every stage finds what it needs. Throws `SL_CONFIG_INVALID` with every mistake.
 *
 * @example buildWork({ name: 'home', stages: [scoreStage] , ... }) // throws: stage score needs candidates, ...
 */
export function buildWork(options: Omit<Work, 'layout'>): Work {
  const { name, stages } = options;
  const mistakes = missingColumns(stages).map((message) => ({
    path: `works.${name}.stages`,
    message,
  }));
  if (mistakes.length > 0) {
    const list = mistakes.map(({ message }) => message).join('; ');
    throw new SightlineError('SL_CONFIG_INVALID', `work ${name} cannot run: ${list}`, { mistakes });
  }
  const layout = layOut(
    name,
    stages.map(({ name: stage, component, components, graphComponents }) => ({
      ...{ stage, component, components, graphComponents },
    })),
  );
  return { ...options, layout };
}

function missingColumns(stages: readonly Stage[]): string[] {
  const provided = new Set<Column>();
  const missing: string[] = [];
  for (const stage of stages) {
    for (const column of stage.needs) {
      if (!provided.has(column)) {
        missing.push(`stage ${stage.name} needs ${column}, which no stage before it provides`);
      }
    }
    for (const column of stage.provides) provided.add(column);
  }
  if (!provided.has('slate')) missing.push('no stage provides the slate, expected a filter stage');
  return missing;
}
