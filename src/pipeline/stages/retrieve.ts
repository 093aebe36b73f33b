import { runInTrace } from '../../telemetry/context.ts';
import { graphComponentsOf, type Retriever } from '../algorithm.ts';
import { HitCheck, pendingOf } from '../contract.ts';
import { byDeadline } from '../deadline.ts';
import type { Run } from '../run.ts';
import type { Probe, Stage } from '../stage.ts';

/** The stage that unites what all retrievers bring; one that fails costs its own candidates only. */
export function retrieveStage(
  retrievers: readonly Retriever[],
  budgetMs = Number.POSITIVE_INFINITY,
): Stage {
  const check = new HitCheck();
  return {
    name: 'retrieve',
    component: 'union',
    components: retrievers.map(({ name }) => name),
    graphComponents: graphComponentsOf(retrievers),
    needs: ['intent'],
    provides: ['candidates'],
    onError: 'fallback',
    essential: false,
    budgetMs,
    run(run, probe) {
      run.clearRows();
      const late: Promise<void>[] = [];
      for (let r = 0; r < retrievers.length; r++) {
        const pending = retrieveOne(run, probe, { retriever: retrievers[r], r, budgetMs, check });
        if (pending !== undefined) late.push(pending);
      }
      return late.length === 0
        ? unite(run, retrievers)
        : Promise.all(late).then(() => unite(run, retrievers));
    },
    instead(run) {
      run.candidates.clear();
    },
  };
}

interface OneRetriever {
  readonly retriever: Retriever;
  readonly r: number;
  readonly budgetMs: number;
  readonly check: HitCheck;
}

/** Runs one retriever; a remote one is waited for until the deadline, beside the others. */
function retrieveOne(
  run: Run,
  probe: Probe,
  { retriever, r, budgetMs, check }: OneRetriever,
): Promise<void> | undefined {
  const { limit } = retriever;
  const hits = run.hitsOf(r, limit);
  const end = () => {
    check.assert(hits, limit, run.table.size);
    probe.lap(r, hits.count);
  };
  if (retriever.unavailable !== undefined) {
    probe.failed(r, retriever.unavailable);
    return undefined;
  }
  try {
    const pending = pendingOf(
      retriever.isRemote
        ? runInTrace(run.record, () => retriever.retrieve(run, hits, limit))
        : retriever.retrieve(run, hits, limit),
    );
    if (pending === undefined) {
      end();
      return undefined;
    }
    return byDeadline(pending, Math.min(run.remainingMs(), budgetMs))
      .then(end)
      .catch((cause) => giveUp(run, probe, { r, cause }));
  } catch (cause) {
    giveUp(run, probe, { r, cause });
    return undefined;
  }
}

/** What a failed or late retriever wrote, or still writes, is not read. */
function giveUp(run: Run, probe: Probe, { r, cause }: { r: number; cause: unknown }): void {
  delete run.hits[r];
  run.hitsOf(r, 1);
  probe.failed(r, cause);
}

function unite(run: Run, retrievers: readonly Retriever[]): void {
  for (let r = 0; r < retrievers.length; r++) run.addHits(r, run.hits[r]);
}
