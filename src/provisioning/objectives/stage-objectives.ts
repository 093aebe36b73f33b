import { growing, observed } from '../rules/proof-series.ts';
import type { StageDefinition, WorkDefinition } from '../source/definition.ts';
import { beyond, failures } from './event-ratio.ts';
import type { Objective, ObjectiveContext } from './objective.ts';

/** Shares of the runs, or of the rows, that the wording of these objectives promises. */
const latencyShare = 0.99;
const freshnessShare = 0.95;

/** Runs and rows a step in proofs. */
const runs = 6000;

/** The objectives of one stage of a work. */
export function stageObjectives(
  context: ObjectiveContext,
  { name: work }: Pick<WorkDefinition, 'name'>,
  stage: StageDefinition,
): Objective[] {
  const { availability, latencyP99Ms, freshnessP95Seconds } = stage.slo;
  const { q } = context;
  const where = { work, stage: stage.name };
  return [
    ...(availability === undefined ? [] : [ended(q, where, availability)]),
    ...(latencyP99Ms === undefined ? [] : [fast(q, where, latencyP99Ms / 1000)]),
    ...(freshnessP95Seconds === undefined ? [] : [young(q, where, freshnessP95Seconds)]),
  ];
}

type Queries = ObjectiveContext['q'];

interface Place {
  readonly work: string;
  readonly stage: string;
}

function ended(q: Queries, where: Place, share: number): Objective {
  const name = 'stage_duration_seconds';
  const series = (outcome: string) => q.select(name, { ...where, outcome }, '_count');
  return {
    slo: 'availability',
    ...where,
    share,
    ...failures(q.count(name, { where: { ...where, outcome: '!=ok' } }), q.count(name, { where })),
    proof: (badShare) => ({
      [series('ok')]: growing(runs * (1 - badShare)),
      [series('failed')]: growing(runs * badShare),
    }),
  };
}

function fast(q: Queries, where: Place, bound: number): Objective {
  const name = 'stage_duration_seconds';
  const some = (outcome: string, value: number, share: number) =>
    observed(q, name, { where: { ...where, outcome }, value, perStep: runs * share });
  return {
    slo: 'latency',
    ...where,
    share: latencyShare,
    ...beyond(q.within(bound, name, { where }), q.count(name, { where })),
    proof: (badShare) => ({
      ...some('ok', 0.00001, 1 - badShare),
      ...some('partial', 60, badShare),
    }),
  };
}

/** Rows are read for all works alike, so their age is that of each. */
function young(q: Queries, where: Place, bound: number): Objective {
  const name = 'feature_age_seconds';
  const some = (store: string, value: number, share: number) =>
    observed(q, name, { where: { store }, value, perStep: runs * share });
  return {
    slo: 'freshness',
    ...where,
    share: freshnessShare,
    ...beyond(q.within(bound, name), q.count(name)),
    proof: (badShare) => ({
      ...some('fresh', 0.01, 1 - badShare),
      ...some('stale', 1e9, badShare),
    }),
  };
}
