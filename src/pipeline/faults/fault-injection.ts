import type { Clock } from '../../domain/clock.ts';
import type { FeatureStore } from '../../stores/features/feature-store.ts';
import { measured } from '../../stores/measured.ts';
import { get, type Store } from '../../stores/store.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { RequestContext, Scorer } from '../algorithm.ts';
import type { ReadUser } from '../algorithms/user-features.ts';
import type { Stage } from '../stage.ts';
import type { FaultKind } from './fault.ts';
import type { FaultPlace, Strike } from './fault-play.ts';
import { faultyFeatures } from './faulty-features.ts';
import { faultyScorer } from './faulty-scorer.ts';
import { faultyStage } from './faulty-stage.ts';
import { faultyStore } from './faulty-store.ts';

/** Wraps the parts of a work, so that faults can strike in them. */
export interface FaultInjection {
  read(read: ReadUser): ReadUser;
  /** Answers the store that a request asks in the place of another. */
  features(store: FeatureStore): (context: RequestContext) => FeatureStore;
  scorer(scorer: Scorer): Scorer;
  stage(stage: Stage): Stage;
}

/** The parts as they are. */
export const noInjection: FaultInjection = {
  read: (read) => read,
  features: (store) => () => store,
  scorer: (scorer) => scorer,
  stage: (stage) => stage,
};

/** What faults strike with. */
export interface InjectionTools {
  /** The store below its measurement: what is slow here is seen to be slow there. */
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Asks for the fault of a kind that strikes a request, in a place where the kind has one. */
export type AskStrike = <Kind extends FaultKind>(
  kind: Kind,
  context: RequestContext,
  place?: FaultPlace,
) => Strike<Kind> | undefined;

/** Wraps parts so that what `ask` answers happens to them. */
export function createInjection(
  ask: AskStrike,
  { store, clock, emit, sleep }: InjectionTools,
): FaultInjection {
  const strikesOf = (context: RequestContext, { name }: { readonly name: string }) => {
    const place = { store: name };
    const strikes = {
      slow: ask('slow-store', context, place),
      failing: ask('failing-store', context, place),
      missing: ask('missing-features', context, place),
    };
    return Object.values(strikes).every((one) => one === undefined) ? undefined : strikes;
  };
  return {
    read: (read) => (context, id) => {
      const strikes = strikesOf(context, store);
      if (strikes === undefined) return read(context, id);
      return get(measured(faultyStore(store, strikes, sleep), emit, clock), 'users', id);
    },
    features: (asked) => (context) => {
      const strikes = strikesOf(context, asked);
      return strikes === undefined ? asked : faultyFeatures(asked, strikes, sleep);
    },
    scorer: (scorer) => faultyScorer(scorer, (context) => ask('bad-model', context)),
    stage: (stage) =>
      faultyStage(stage, {
        slow: (run) => ask('slow-stage', run, { stage: stage.name }),
        failing: (run) => ask('failing-stage', run, { stage: stage.name }),
        sleep,
      }),
  };
}
