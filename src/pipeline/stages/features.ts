import type { FeatureFetcher } from '../algorithm.ts';
import { byDeadline } from '../deadline.ts';
import type { FeatureWave } from '../features/feature-wave.ts';
import type { Run } from '../run.ts';
import type { Probe, Stage } from '../stage.ts';

/** The stage that fetches what scoring needs, in one wave; what is late or broken is done without. */
export function featuresStage(
  fetchers: readonly FeatureFetcher[],
  budgetMs = Number.POSITIVE_INFINITY,
  wave?: FeatureWave,
): Stage {
  return {
    name: 'features',
    component: 'wave',
    components: [...fetchers.map(({ name }) => name), ...(wave?.stores ?? [])],
    needs: wave?.needsCandidates ? ['intent', 'candidates'] : ['intent'],
    provides: ['user'],
    onError: 'failOpen',
    essential: false,
    budgetMs,
    run(run, probe) {
      const late: Promise<void>[] = [];
      for (let f = 0; f < fetchers.length; f++) {
        const pending = fetchOne(run, probe, { fetcher: fetchers[f], f, budgetMs });
        if (pending !== undefined) late.push(pending);
      }
      const pending = wave && readWave(run, probe, { wave, first: fetchers.length });
      if (pending !== undefined) late.push(pending);
      return late.length === 0 ? undefined : Promise.all(late).then(() => undefined);
    },
    instead: (run) => run.features.clear(),
  };
}

/** Reads the wave; when it breaks nothing of it stands. */
function readWave(
  run: Run,
  probe: Probe,
  { wave, first }: { wave: FeatureWave; first: number },
): Promise<void> | undefined {
  const giveUp = (cause: unknown) => {
    run.features.clear();
    probe.failed(first, cause);
  };
  try {
    return wave.read(run, probe, first)?.catch(giveUp);
  } catch (cause) {
    giveUp(cause);
    return undefined;
  }
}

function fetchOne(
  run: Run,
  probe: Probe,
  { fetcher, f, budgetMs }: { fetcher: FeatureFetcher; f: number; budgetMs: number },
): Promise<void> | undefined {
  try {
    const pending = fetcher.fetch(run, run.candidates);
    if (pending === undefined) {
      probe.lap(f, 0);
      return undefined;
    }
    return byDeadline(pending, Math.min(run.remainingMs(), budgetMs)).then(
      () => probe.lap(f, 1),
      (cause) => probe.failed(f, cause),
    );
  } catch (cause) {
    probe.failed(f, cause);
    return undefined;
  }
}
