import { durationText } from '../rules/duration.ts';
import type { ProofSeries } from '../rules/proof-series.ts';
import { type RuleQueries, ruleQueries } from '../rules/rule-queries.ts';
import type { Definition } from '../source/definition.ts';
import { stageObjectives } from './stage-objectives.ts';
import { objectiveWindow } from './windows.ts';
import { workObjectives } from './work-objectives.ts';

/** The kinds of objectives; values of the label `slo`. */
export const objectiveKinds = [
  'availability',
  'latency',
  'nonempty',
  'freshness',
  'coverage',
] as const;
export type ObjectiveKind = (typeof objectiveKinds)[number];

/** Something promised: that no more than a share of events, or of the time, is bad. */
export interface Objective {
  readonly slo: ObjectiveKind;
  readonly work: string;
  /** Undefined: the whole work promises it. */
  readonly stage?: string;
  /** Share that is promised to be good, between 0 and 1. */
  readonly share: number;
  /** PromQL: what is bad, and all there is; a second, or 0 and 1 for what is counted in time. */
  readonly bad: string;
  readonly total: string;
  /** Series in which it is broken for the given share of events, all the time where it is counted in time. */
  readonly proof: (badShare: number) => ProofSeries;
}

/** What objectives are made from. */
export interface ObjectiveContext {
  readonly definition: Definition;
  readonly q: RuleQueries;
}

/** Every objective of a gateway, work by work. */
export function objectivesOf(definition: Definition): Objective[] {
  const window = durationText(objectiveWindow(definition));
  const context = { definition, q: ruleQueries(definition, window) };
  return definition.works.flatMap((work) => [
    ...workObjectives(context, work),
    ...work.stages.flatMap((stage) => stageObjectives(context, work, stage)),
  ]);
}

/** Whether an objective counts moments, not events. */
export function isTimed({ slo, stage }: Pick<Objective, 'slo' | 'stage'>): boolean {
  return slo === 'coverage' || (slo === 'freshness' && stage === undefined);
}
