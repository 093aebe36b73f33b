import type { Degradation, DegradationAction, DegradationReason } from '../domain/degradation.ts';
import { SightlineError } from '../domain/errors.ts';
import { AlgorithmError } from './algorithm-error.ts';
import { FailedReadError } from './algorithms/user-features.ts';
import { TimeoutError } from './deadline.ts';
import type { Run } from './run.ts';
import type { Stage } from './stage.ts';
import { ladderSource } from './stages/filter.ts';
import type { Work } from './work.ts';

type Reason = Exclude<DegradationReason, 'none'>;

/** The name in the closed list for what went wrong. */
export function reasonOf(cause: unknown): Reason {
  if (cause instanceof TimeoutError) return 'timeout.stage';
  if (cause instanceof AlgorithmError) return cause.reason;
  if (cause instanceof FailedReadError) return cause.reason;
  if (cause instanceof SightlineError) {
    if (cause.code === 'SL_MODEL_VERSION') return 'model.version_mismatch';
    if (cause.code === 'SL_NOTHING_TO_LEARN') return 'model.not_ready';
    if (/^SL_(MODEL|TRAINING)/.test(cause.code)) return 'model.unavailable';
    if (cause.code.startsWith('SL_STORE')) return 'dependency.unavailable';
  }
  return 'plugin.error';
}

const actionOf: Readonly<Record<Stage['name'], DegradationAction>> = {
  intent: 'default_value',
  retrieve: 'fallback_pipeline',
  features: 'skip_stage',
  score: 'fallback_component',
  rerank: 'fallback_component',
  filter: 'fallback_pipeline',
  custom: 'skip_stage',
};

/** Names what a whole stage could not do, and answers the reason. */
export function degradeStage(
  run: Run,
  stage: Stage,
  why: { reason?: Reason; cause?: unknown },
): Reason {
  const reason = why.reason ?? reasonOf(why.cause);
  run.record.degrade({
    stage: stage.name,
    component: stage.component,
    reason,
    action: actionOf[stage.name],
    changedSlate: stage.name !== 'features',
    cause: why.cause,
  });
  return reason;
}

/** Names what one algorithm of a stage could not do, and answers the reason. */
export function degradeComponent(
  run: Run,
  stage: Stage,
  { component, cause }: { component: string; cause: unknown },
): Reason {
  const reason = reasonOf(cause);
  const degradation: Degradation = {
    stage: stage.name,
    component,
    reason,
    action: stage.name === 'features' ? 'default_value' : 'skip_component',
    changedSlate: stage.name !== 'features',
    cause,
  };
  // A filter judges in chunks: the same failure is said once.
  const known = run.record.degradations.some(
    (other) =>
      other.component === component && other.stage === stage.name && other.reason === reason,
  );
  if (!known) run.record.degrade(degradation);
  return reason;
}

/** Settles strategy and outcome of a run whose stages are done. */
export function endOf(work: Work, run: Run): void {
  const { record, slateCount } = run;
  const { n } = run.request;
  const fromLadder = countLadder(run);
  if (fromLadder > 0 || slateCount < n) noteShortage(run, fromLadder);
  record.requested = n;
  record.returned = slateCount;
  record.segment = run.intent.segment;
  record.catalog = run.intent.catalog;
  // The intent takes the caller's word unless there is no such catalogue.
  record.door = run.request.catalog === record.catalog ? record.catalog : '';
  record.sessionLength = run.intent.recent.length;
  const isUserMissing = run.user !== undefined && run.user.state !== 'present';
  record.featuresAsked = run.features.asked + (run.user === undefined ? 0 : 1);
  record.featuresMissing = run.features.missing + (isUserMissing ? 1 : 0);
  record.strategy = fromLadder === slateCount && slateCount > 0 ? ladderSource : work.strategy;
  if (slateCount === 0) record.outcome = 'empty';
  else if (record.fallbackReason !== null) record.outcome = 'fallback';
  else if (slateCount < n) record.outcome = 'partial';
  else record.outcome = 'ok';
}

function countLadder({ slateCount, slateRows }: Run): number {
  let count = 0;
  for (let p = 0; p < slateCount; p++) if (slateRows[p] < 0) count += 1;
  return count;
}

/** Too few candidates is a reason of its own only where nothing earlier explains it. */
function noteShortage(run: Run, fromLadder: number): void {
  const { record, slateCount, request } = run;
  if (record.fallbackReason !== null && slateCount === request.n) return;
  const own = slateCount - fromLadder;
  record.degrade({
    stage: 'filter',
    component: 'chain',
    reason: own === 0 ? 'candidates.empty' : 'candidates.insufficient',
    action: fromLadder > 0 ? 'fallback_pipeline' : 'partial',
    changedSlate: fromLadder > 0 || slateCount === 0,
    coverage: own / request.n,
  });
}
