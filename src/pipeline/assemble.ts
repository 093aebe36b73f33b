import { SightlineError } from '../domain/errors.ts';
import type { SessionState, Surface } from '../domain/intent.ts';
import type { ModelSlot } from '../models/model.ts';
import type { Store } from '../stores/store.ts';
import type { GlobalTable } from '../stores/tables/global-table.ts';
import type { CustomStage, Filter, Reranker, Retriever, Scorer } from './algorithm.ts';
import { type IntentRules, intentRules } from './algorithms/intent-rules.ts';
import { modelRetriever, modelScorer } from './algorithms/model-algorithms.ts';
import type { QueryIndex } from './algorithms/query-index.ts';
import type { HistoryOptions } from './algorithms/user-history.ts';
import {
  type AlgorithmKind,
  type Algorithms,
  type Catalogue,
  type Definition,
  parseOptions,
} from './catalogue.ts';
import { type FaultInjection, noInjection } from './faults/fault-injection.ts';
import type { Faults } from './faults.ts';
import {
  assembleFeatures,
  createReads,
  type FeatureParts,
  type WorkReads,
} from './features/assemble-features.ts';
import { makeAlgorithm } from './make-algorithm.ts';
import { missingParts } from './missing-parts.ts';
import type { Stage } from './stage.ts';
import { customStage } from './stages/custom.ts';
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
  readonly catalogue: Catalogue;
  readonly models: ReadonlyMap<string, ModelSlot>;
  readonly tables: ReadonlyMap<string, GlobalTable>;
  readonly segments: ReadonlySet<string>;
  readonly index: QueryIndex;
  /** Dense item indices, most popular first. */
  readonly popularity: () => Int32Array;
  /** How the history of users is read; all of it counts as wanted unless given. */
  readonly history?: HistoryOptions | undefined;
  /** What features are read with; undefined where no work declares any. */
  readonly features?: FeatureParts | undefined;
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
  const stagesWith = (injection: FaultInjection) => {
    const reads = createReads();
    const frame = { work: name, surface, names, parts, injection, reads };
    return options.stages.map((stage) => injection.stage(assembleStage(stage, frame)));
  };
  const work = buildWork({
    name,
    surface,
    strategy: options.strategy,
    budgetMs: options.budgetMs,
    maxBudgetMs: options.maxBudgetMs,
    shadow: options.shadow,
    scorers: names.scorers,
    stages: stagesWith(noInjection),
  });
  const { faults } = parts;
  return faults === undefined
    ? work
    : { ...work, faulty: { ...work, stages: stagesWith(faults.into(work)) } };
}

interface Frame {
  readonly work: string;
  readonly surface: Surface;
  readonly names: { readonly scorers: readonly string[]; readonly retrievers: readonly string[] };
  readonly parts: WorkParts;
  readonly injection: FaultInjection;
  readonly reads: WorkReads;
}

function assembleStage(options: StageOptions, frame: Frame): Stage {
  const { surface, names, parts, injection } = frame;
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
        options.use.map((use) => retrieverOf(use, frame)),
        budgetMs,
      );
    case 'features':
      return assembleFeatures(options, frame);
    case 'score':
      return scoreStage(
        options.use.map((use) => injection.scorer(scorerOf(use, frame))),
        budgetMs,
      );
    case 'rerank':
      return rerankStage(rerankerOf(options, frame), budgetMs);
    case 'custom':
      return customStage(customOf(options, frame), budgetMs);
    case 'filter':
      return filterStage({
        filters: options.use.map((use) => filterOf(use, frame)),
        retrievers: names.retrievers,
        popularity: parts.popularity,
        budgetMs,
      });
  }
}

interface Use {
  readonly algorithm: string;
  readonly options?: unknown;
}

function retrieverOf({ limit, ...use }: Use & { limit: number }, frame: Frame): Retriever {
  const slot = frame.parts.models.get(use.algorithm);
  const made = slot === undefined ? make('retrievers', use, frame) : modelRetriever(slot);
  return { ...made, name: use.algorithm, limit };
}

function scorerOf({ weight, ...use }: Use & { weight: number }, frame: Frame): Scorer {
  const slot = frame.parts.models.get(use.algorithm);
  const made = slot === undefined ? make('scorers', use, frame) : modelScorer(slot);
  return { ...made, name: use.algorithm, weight };
}

function rerankerOf({ use, options }: { use: string; options?: unknown }, frame: Frame): Reranker {
  return { ...make('rerankers', { algorithm: use, options }, frame), name: use };
}

function customOf({ use, options }: { use: string; options?: unknown }, frame: Frame): CustomStage {
  return { ...make('stages', { algorithm: use, options }, frame), name: use };
}

function filterOf(use: Use, frame: Frame): Filter {
  return { ...make('filters', use, frame), name: use.algorithm };
}

/** Makes an algorithm of the catalogue. Throws `SL_CONFIG_INVALID` for one that is not there, or for its options. */
function make<Kind extends AlgorithmKind>(
  kind: Kind,
  { algorithm, options }: Use,
  { surface, work, parts, reads }: Frame,
): Algorithms[Kind] {
  const definition: Definition<Algorithms[Kind]> | undefined = parts.catalogue[kind].get(algorithm);
  const path = `works.${work}`;
  if (definition === undefined) {
    const message = `algorithm ${algorithm} of work ${work} is not there, expected a model or one of ${kind}`;
    throw new SightlineError('SL_CONFIG_INVALID', message, { path });
  }
  const parsed = parseOptions(definition, options, `${path}: options of ${algorithm}`);
  const atHand = { features: [...reads.known], tables: [...parts.tables.keys()] };
  const [missing] = missingParts(definition, parsed, atHand);
  if (missing !== undefined) {
    const message = `algorithm ${algorithm} of work ${work} ${missing}`;
    throw new SightlineError('SL_CONFIG_INVALID', message, { path });
  }
  for (const feature of definition.features?.(parsed) ?? []) {
    reads.byAny.add(feature);
    if (kind === 'filters') reads.byFilters.add(feature);
  }
  const what = `algorithm ${algorithm} of work ${work}`;
  return makeAlgorithm(kind, what, () => definition.create(parsed, { ...parts, surface }));
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
