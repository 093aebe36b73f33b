import type { Clock } from '../../domain/clock.ts';
import { measured } from '../../stores/measured.ts';
import { get, type Store } from '../../stores/store.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { RequestContext, Scorer } from '../algorithm.ts';
import type { ReadUser } from '../algorithms/user-features.ts';
import type { Stage } from '../stage.ts';
import type { FaultKind } from './fault.ts';
import type { Strike } from './fault-play.ts';
import { faultyScorer } from './faulty-scorer.ts';
import { faultyStage } from './faulty-stage.ts';
import { faultyStore } from './faulty-store.ts';

/** Wraps the parts of a work, so that faults can strike in them. */
export interface FaultInjection {
  read(read: ReadUser): ReadUser;
  scorer(scorer: Scorer): Scorer;
  stage(stage: Stage): Stage;
}

/** The parts as they are. */
export const noInjection: FaultInjection = {
  read: (read) => read,
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

/** Asks for the fault of a kind that strikes a request, in a stage where the kind has one. */
export type AskStrike = <Kind extends FaultKind>(
  kind: Kind,
  context: RequestContext,
  stage?: string,
) => Strike<Kind> | undefined;

/** Wraps parts so that what `ask` answers happens to them. */
export function createInjection(
  ask: AskStrike,
  { store, clock, emit, sleep }: InjectionTools,
): FaultInjection {
  return {
    read: (read) => (context, id) => {
      const strikes = {
        slow: ask('slow-store', context),
        failing: ask('failing-store', context),
        missing: ask('missing-features', context),
      };
      if (Object.values(strikes).every((one) => one === undefined)) return read(context, id);
      return get(measured(faultyStore(store, strikes, sleep), emit, clock), 'users', id);
    },
    scorer: (scorer) => faultyScorer(scorer, (context) => ask('bad-model', context)),
    stage: (stage) =>
      faultyStage(stage, {
        slow: (run) => ask('slow-stage', run, stage.name),
        failing: (run) => ask('failing-stage', run, stage.name),
        sleep,
      }),
  };
}
