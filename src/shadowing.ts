import type { Attributes } from '@opentelemetry/api';
import type { Clock } from './domain/clock.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import { rankAgreement } from './math/rank-agreement.ts';
import type { Admission } from './pipeline/admission/admission.ts';
import { OverloadError, type Standing } from './pipeline/admission/shed.ts';
import type { EffectQueue } from './pipeline/effects/effect-queue.ts';
import type { LiveGeneration } from './pipeline/generations/live-generation.ts';
import type { Pipeline } from './pipeline/pipeline.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import type { Session } from './stores/session-events.ts';
import { hashId } from './telemetry/event-codes.ts';
import type { Emit, Facts } from './telemetry/facts.ts';
import { RequestRecord } from './telemetry/request-record.ts';
import { startSpan } from './telemetry/start-span.ts';

/** Gives requests that were answered to the shadow of their work. */
export interface Shadowing {
  /** Notes a finished run, if its work has a shadow and chance wants it; called before the run is pooled again. */
  follow(work: Work, run: Run): void;
}

/** What shadowing runs on. */
export interface ShadowingParts {
  readonly pipeline: Pipeline;
  readonly generations: { readonly current: LiveGeneration };
  readonly admission: Admission | undefined;
  readonly effects: Pick<EffectQueue, 'offer'>;
  readonly emit: Emit;
  readonly clock: Clock;
}

/**
 * Makes the shadowing of all works. A shadow gets the request, the time and the session as the answer saw them, in a
 * record of its own that telemetry never sees: it is no request, shows nothing and changes nothing. How it agrees
 * with the answer is told as `shadow.finished`.
 */
export function createShadowing(parts: ShadowingParts): Shadowing {
  return {
    follow(work, run) {
      const { shadow } = work;
      if (shadow === undefined || !isChosen(run.record.requestId, shadow.rate)) return;
      const answer = remember(run, { work: work.name, shadow: shadow.work });
      parts.effects.offer({ name: 'shadow', run: () => rerun(parts, answer) });
    },
  };
}

/** Whether a request is in the share `rate`, 0 to 1: the same everywhere for one id. */
const isChosen = (requestId: string, rate: number): boolean => hashId(requestId) < rate * 2 ** 53;

/** What is kept of an answer, as its run and record serve others meanwhile. */
interface Answer {
  readonly work: string;
  readonly shadow: string;
  readonly request: RecommendRequest;
  readonly nowMs: number;
  readonly session: Session | undefined;
  readonly items: Int32Array;
  readonly stagesMs: number;
  readonly identity: Identity;
}

type Identity = Pick<
  RequestRecord,
  'generation' | 'requestId' | 'traceId' | 'spanId' | 'traceState' | 'baggage'
>;

function remember(run: Run, names: Pick<Answer, 'work' | 'shadow'>): Answer {
  const { request, nowMs, session, slateItems, slateCount, record } = run;
  const { generation, requestId, traceId, spanId, traceState, baggage } = record;
  return {
    ...names,
    request,
    nowMs,
    session,
    items: slateItems.slice(0, slateCount),
    stagesMs: stagesMs(record),
    identity: { generation, requestId, traceId, spanId, traceState, baggage },
  };
}

type Finished = Pick<
  Facts['shadow.finished'],
  'outcome' | 'overlap' | 'kendallTau' | 'latencyRatio'
>;

/** Runs the shadow and tells what came of it. */
async function rerun(parts: ShadowingParts, answer: Answer): Promise<void> {
  const { work, shadow, identity } = answer;
  const { requestId, traceId } = identity;
  const tell = (result: Finished) =>
    parts.emit('shadow.finished', { work, shadow, requestId, traceId, ...result });
  try {
    tell(await compare(parts, answer));
  } catch (cause) {
    if (cause instanceof OverloadError) return tell({ outcome: 'shed' });
    tell({ outcome: 'error' });
    throw cause;
  }
}

const standing: Standing = { priority: 'shadow', whenShed: 'refused' };

async function compare(parts: ShadowingParts, answer: Answer): Promise<Finished> {
  const { pipeline, generations, admission, clock } = parts;
  const live = generations.current;
  const { id, works } = live.generation;
  const work = works.get(answer.shadow);
  if (id !== answer.identity.generation || work === undefined) return { outcome: 'outdated' };
  const record = Object.assign(new RequestRecord(), answer.identity);
  record.layout = work.layout;
  record.startedAt = clock.monotonic();
  const span = startSpan(record, `shadow ${work.name}`);
  const { request } = answer;
  const serve = () =>
    live.hold(() =>
      pipeline.run({ work, request, record, past: answer }, (run) => finished(answer, run)),
    );
  try {
    const result = await (admission === undefined ? serve() : admission.run(standing, serve));
    span.setAttributes(attributesOf(result));
    return result;
  } finally {
    span.end();
  }
}

function finished(answer: Answer, { record, slateItems, slateCount }: Run): Finished {
  return {
    outcome: record.outcome,
    ...rankAgreement(answer.items, slateItems.subarray(0, slateCount)),
    latencyRatio: answer.stagesMs > 0 ? stagesMs(record) / answer.stagesMs : undefined,
  };
}

/** Names of their own: the collector keeps traces by how a request ended, and this is none. */
const attributesOf = ({ outcome, overlap, kendallTau, latencyRatio }: Finished): Attributes => ({
  'sightline.shadow.outcome': outcome,
  'sightline.shadow.overlap': overlap,
  'sightline.shadow.kendall_tau': kendallTau,
  'sightline.shadow.latency_ratio': latencyRatio,
});

/** Time from the start of the first stage to the end of the last one, in milliseconds. */
function stagesMs({ layout, stageStart, stageEnd }: RequestRecord): number {
  return stageEnd[(layout?.stages.length ?? 0) - 1] - stageStart[0];
}
