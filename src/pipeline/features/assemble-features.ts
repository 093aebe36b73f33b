import type { WaveOptions } from '../../stores/features/read-wave.ts';
import type { Store } from '../../stores/store.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { readFrom, userFeatures } from '../algorithms/user-features.ts';
import { type HistoryOptions, userHistory } from '../algorithms/user-history.ts';
import type { FaultInjection } from '../faults/fault-injection.ts';
import type { Stage } from '../stage.ts';
import { featuresStage } from '../stages/features.ts';
import type { StageOptions } from '../work-schema.ts';
import { planFeatures, type StoresByName } from './feature-plan.ts';
import { createFeatureWave } from './feature-wave.ts';

/** What the declared features of works are read with. */
export interface FeatureParts {
  readonly stores: StoresByName;
  readonly emit: Emit;
  readonly wave?: Pick<WaveOptions, 'coverageEnough' | 'stragglerShare'> | undefined;
}

/** Names of features of one work, gathered while its stages are made. */
export interface WorkReads {
  /** Those that stages made so far fetch. */
  readonly known: Set<string>;
  /** Those that algorithms read. */
  readonly byAny: Set<string>;
  readonly byFilters: Set<string>;
}

/** No names yet. */
export const createReads = (): WorkReads => ({
  known: new Set(),
  byAny: new Set(),
  byFilters: new Set(),
});

/** What the stage is made of. */
interface FeatureFrame {
  readonly parts: {
    readonly store: Store;
    readonly segments: ReadonlySet<string>;
    readonly popularity: () => Int32Array;
    readonly history?: HistoryOptions | undefined;
    readonly features?: FeatureParts | undefined;
  };
  readonly injection: FaultInjection;
  readonly reads: WorkReads;
}

const allWanted: HistoryOptions = { kindOf: () => 'positive', aheadMs: 0 };

/** Makes the features stage of a work. Throws `SL_CONFIG_INVALID` for a store that is not there. */
export function assembleFeatures(
  { use, budgetMs }: Extract<StageOptions, { stage: 'features' }>,
  { parts, injection, reads }: FeatureFrame,
): Stage {
  const { store, segments, popularity, history = allWanted } = parts;
  const readUser = injection.read(readFrom(store));
  const fetchers = [
    ...(use.includes('user') ? [userFeatures(readUser, { name: store.name, segments })] : []),
    ...(use.includes('history') ? [userHistory(store, history)] : []),
  ];
  const declared = use.filter((entry) => typeof entry !== 'string');
  if (declared.length === 0) return featuresStage(fetchers, budgetMs);
  for (const { feature } of declared) reads.known.add(feature);
  const { stores = new Map(), emit = () => {}, wave = {} } = parts.features ?? {};
  const reader = createFeatureWave({
    ...wave,
    plan: planFeatures(declared, stores),
    emit,
    reads,
    popularity,
    budgetMs: budgetMs ?? Number.POSITIVE_INFINITY,
    storeOf: injection.features,
  });
  return featuresStage(fetchers, budgetMs, reader);
}
