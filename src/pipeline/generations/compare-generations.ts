import { mean, median } from 'simple-statistics';
import type { Clock } from '../../domain/clock.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import { rankAgreement } from '../../math/rank-agreement.ts';
import { RequestRecord } from '../../telemetry/request-record.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Work } from '../work.ts';
import type { Generation } from './generation.ts';
import { createTurns } from './turns.ts';

/** How a generation answers the same requests as another. */
export interface Comparison {
  /** Requests that both answered. */
  readonly requests: number;
  /** Mean share of items in common, 0 to 1. */
  readonly overlap: number;
  /** Mean of Kendall's tau over the items in common, -1 to 1; undefined where no two slates share two items. */
  readonly rankAgreement: number | undefined;
  /** Median milliseconds of an answer. */
  readonly medianMs: { readonly before: number; readonly after: number };
  /** Share of answers that were degraded. */
  readonly degraded: { readonly before: number; readonly after: number };
}

/** What generations are compared on, and with. */
export interface ComparisonTools {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  /** Requests by work. */
  readonly sample: ReadonlyMap<string, readonly RecommendRequest[]>;
}

interface Answered {
  readonly items: Int32Array;
  readonly ms: number;
  readonly degraded: number;
}

/**
 * Answers the requests of a sample with both generations in turns, counted nowhere, and says how the answers differ;
 * undefined where no work of both has a request. Works on in small slices, so that live requests hardly wait.
 */
export async function compareGenerations(
  before: Generation,
  after: Generation,
  { pipeline, clock, sample }: ComparisonTools,
): Promise<Comparison | undefined> {
  const turns = createTurns(clock);
  const record = new RequestRecord();
  const answer = async (work: Work, request: RecommendRequest): Promise<Answered> => {
    record.reset(work.layout);
    record.startedAt = clock.monotonic();
    const items = await pipeline.run({ work, request, record }, (run) =>
      run.slateItems.slice(0, run.slateCount),
    );
    const ms = clock.monotonic() - record.startedAt;
    return { items, ms, degraded: record.degradations.length > 0 ? 1 : 0 };
  };
  const pairs: { readonly old: Answered; readonly new: Answered }[] = [];
  for (const [name, requests] of sample) {
    const works = [before.works.get(name), after.works.get(name)] as const;
    if (works[0] === undefined || works[1] === undefined) continue;
    for (const request of requests) {
      pairs.push({ old: await answer(works[0], request), new: await answer(works[1], request) });
      await turns.pause();
    }
  }
  return pairs.length === 0 ? undefined : summarise(pairs);
}

function summarise(
  pairs: readonly { readonly old: Answered; readonly new: Answered }[],
): Comparison {
  const agreements = pairs.map((pair) => rankAgreement(pair.old.items, pair.new.items));
  const taus = agreements.flatMap(({ kendallTau }) => kendallTau ?? []);
  const old = pairs.map((pair) => pair.old);
  const fresh = pairs.map((pair) => pair.new);
  return {
    requests: pairs.length,
    overlap: mean(agreements.map(({ overlap }) => overlap)),
    rankAgreement: taus.length === 0 ? undefined : mean(taus),
    medianMs: { before: medianOf(old), after: medianOf(fresh) },
    degraded: {
      before: mean(old.map(({ degraded }) => degraded)),
      after: mean(fresh.map(({ degraded }) => degraded)),
    },
  };
}

const medianOf = (answers: readonly Answered[]): number => median(answers.map(({ ms }) => ms));
