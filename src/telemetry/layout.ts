import type { StageName } from '../domain/degradation.ts';

/** A stage of a work and the components that run inside it, by position. */
export interface StageSlot {
  readonly stage: StageName;
  /** The method of the stage: `rules`, `union`, `blend`, `mmr`, `chain`. */
  readonly component: string;
  /** The algorithms inside it, in the order they run. */
  readonly components: readonly string[];
  /** Those of them that ask a model which learnt from a graph; absent is none. */
  readonly graphComponents?: readonly string[] | undefined;
}

/**
 * The fixed shape of one work's pipeline, so that a request can be recorded in numbers by position.
 * Component positions are counted through all stages.
 */
export interface PipelineLayout {
  readonly work: string;
  readonly stages: readonly StageSlot[];
  /** Position of the first component of each stage. */
  readonly firstComponent: readonly number[];
  readonly componentCount: number;
}

/**
 * Lays out a work's pipeline.
 *
 * @example layOut('home', [{ stage: 'retrieve', component: 'union', components: ['popular', 'latest'] }]).componentCount // 2
 */
export function layOut(work: string, stages: readonly StageSlot[]): PipelineLayout {
  const firstComponent: number[] = [];
  let componentCount = 0;
  for (const { components } of stages) {
    firstComponent.push(componentCount);
    componentCount += components.length;
  }
  return { work, stages, firstComponent, componentCount };
}
