import { SightlineError } from '../domain/errors.ts';
import type { SessionState, Surface } from '../domain/intent.ts';
import type { VectorTable } from '../math/kernels/vector-table.ts';
import type { ModelSlot } from '../models/model.ts';
import type { Store } from '../stores/store.ts';
import type { FeatureFetcher, Retriever, Scorer } from './algorithm.ts';
import { filters } from './algorithms/filters.ts';
import { type IntentRules, intentRules } from './algorithms/intent-rules.ts';
import { mmr } from './algorithms/mmr.ts';
import { modelRetriever, modelScorer } from './algorithms/model-algorithms.ts';
import type { QueryIndex } from './algorithms/query-index.ts';
import { queryRetriever, queryScorer } from './algorithms/query-match.ts';
import { scoreOrder } from './algorithms/score-order.ts';
import { readFrom, userFeatures } from './algorithms/user-features.ts';
import { type FaultInjection, noInjection } from './faults/fault-injection.ts';
import type { Faults } from './faults.ts';
import type { Stage } from './stage.ts';
import { featuresStage } from './stages/features.ts';
import { filterStage } from './stages/filter.ts';
import { intentStage } from './stages/intent.ts';
import { rerankStage } from './stages/rerank.ts';
import { retrieveStage } from './stages/retrieve.ts';
import { scoreStage } from './stages/score.ts';
import { buildWork, type Work } from './work.ts';
import type { StageOptions, WorkOptions } from './work-schema.ts';

/** What the works of one generation share. */
export interface WorkParts {
  readonly store: Store;
  readonly models: ReadonlyMap<string, ModelSlot>;
  readonly segments: ReadonlySet<string>;
  readonly index: QueryIndex;
  /** Dense item indices, most popular first. */
  readonly popularity: () => Int32Array;
  /** What may be broken on purpose; undefined where nothing may. */
  readonly faults?: Faults | undefined;
}

/** Builds a work from its description and the parts of a generation; see `buildWork` for what it throws. */
export function assembleWork(name: string, options: WorkOptions, parts: WorkParts): Work {
  const scorers = options.stages.flatMap((stage) => (stage.stage === 'score' ? stage.use : []));
  const retrievers = options.stages.flatMap((stage) =>
    stage.stage === 'retrieve' ? stage.use : [],
  );
  const names = {
    scorers: scorers.map(({ algorithm }) => algorithm),
    retrievers: retrievers.map(({ algorithm }) => algorithm),
  };
  const { surface } = options;
  const stagesWith = (injection: FaultInjection) =>
    options.stages.map((stage) =>
      injection.stage(assembleStage(stage, { surface, names, parts, injection })),
    );
  const work = buildWork({
    name,
    surface,
    strategy: options.strategy,
    budgetMs: options.budgetMs,
    maxBudgetMs: options.maxBudgetMs,
    scorers: names.scorers,
    stages: stagesWith(noInjection),
  });
  const { faults } = parts;
  return faults === undefined
    ? work
    : { ...work, faulty: { ...work, stages: stagesWith(faults.into(work)) } };
}

interface Frame {
  readonly surface: Surface;
  readonly names: { readonly scorers: readonly string[]; readonly retrievers: readonly string[] };
  readonly parts: WorkParts;
  readonly injection: FaultInjection;
}

function assembleStage(options: StageOptions, { surface, names, parts, injection }: Frame): Stage {
  const { budgetMs } = options;
  switch (options.stage) {
    case 'intent': {
      const { segments, index } = parts;
      const parser = intentRules({
        surface,
        segments,
        index,
        staleMs: options.staleSeconds * 1000,
        freshnessWindowMs: options.freshnessWindowSeconds * 1000,
        ...weightsOf(options, names.scorers),
      });
      return intentStage(parser, budgetMs);
    }
    case 'retrieve':
      return retrieveStage(
        options.use.map((use) => retrieverOf(use, parts)),
        budgetMs,
      );
    case 'features':
      return featuresStage([featuresOf(parts, injection)], budgetMs);
    case 'score':
      return scoreStage(
        options.use.map((use) => injection.scorer(scorerOf(use, parts))),
        budgetMs,
      );
    case 'rerank':
      return rerankStage(
        options.use === 'mmr'
          ? mmr({ ...options, vectors: vectorsOf(options.vectors, parts) })
          : scoreOrder,
        budgetMs,
      );
    case 'filter':
      return filterStage({
        filters: options.use.map((use) => filters[use]),
        retrievers: names.retrievers,
        popularity: parts.popularity,
        budgetMs,
      });
  }
}

function retrieverOf(
  { algorithm, limit }: { algorithm: string; limit: number },
  parts: WorkParts,
): Retriever {
  if (algorithm === 'query') return queryRetriever(parts.index, limit);
  return modelRetriever(algorithm, slotOf(algorithm, parts), limit);
}

function scorerOf(
  { algorithm, weight }: { algorithm: string; weight: number },
  parts: WorkParts,
): Scorer {
  if (algorithm === 'query') return queryScorer(weight);
  return modelScorer(algorithm, slotOf(algorithm, parts), weight);
}

function featuresOf({ store, segments }: WorkParts, injection: FaultInjection): FeatureFetcher {
  return userFeatures(injection.read(readFrom(store)), { name: store.name, segments });
}

function slotOf(name: string, { models }: WorkParts): ModelSlot {
  return (
    models.get(name) ?? {
      unavailable: new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} is not trained`),
    }
  );
}

function vectorsOf(name: string, parts: WorkParts): VectorTable | Error {
  const slot = slotOf(name, parts);
  if ('unavailable' in slot) return slot.unavailable;
  return (
    slot.model.vectors ??
    new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} has no vectors, expected item2vec`)
  );
}

function weightsOf(
  { weights, fresh }: Extract<StageOptions, { stage: 'intent' }>,
  scorers: readonly string[],
): Pick<IntentRules, 'weights' | 'leaning'> {
  const byState = eachState((state) =>
    Float32Array.from(scorers, (name) => weights[state]?.[name] ?? 1),
  );
  if (Object.keys(fresh).length === 0) return { weights: byState };
  const leaning = eachState((state) =>
    Array.from({ length: freshnessSteps + 1 }, (_, step) =>
      byState[state].map((weight, s) => {
        const multiplier = fresh[scorers[s]] ?? 1;
        return weight * (1 + (multiplier - 1) * (step / freshnessSteps));
      }),
    ),
  );
  return { weights: byState, leaning };
}

/** Weights are worked out for each hundredth of freshness: a request then only picks its own. */
const freshnessSteps = 100;

function eachState<Value>(of: (state: SessionState) => Value): Record<SessionState, Value> {
  return { cold: of('cold'), returning: of('returning'), mid: of('mid'), stale: of('stale') };
}
