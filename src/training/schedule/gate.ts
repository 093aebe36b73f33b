import { type PairedDifference, pairedBootstrap } from '../../math/paired-bootstrap.ts';
import type { GateReason } from '../../telemetry/fact-values.ts';
import type { ModelQuality } from '../evaluation/model-quality.ts';
import type { ModelGateOptions } from '../training-schema.ts';
import type { ModelProbe } from './probe-model.ts';

/**
 * What a candidate is compared with. `as-is`: the current version, by cases later than all it learnt from; `refit`: its
 * recipe, learnt from what the candidate learnt from; `first`: there is no current version; `none`: the recipe is the same,
 * and too little has happened since.
 */
export type GateBasis = 'first' | 'as-is' | 'refit' | 'none';

/** What was measured of one version. */
export interface MeasuredVersion {
  /** Undefined where there was nothing to judge it by. */
  readonly quality: Pick<ModelQuality, 'task' | 'cases' | 'measures' | 'ndcgs'> | undefined;
  readonly probe: ModelProbe;
}

/** What the gate says. */
export interface GateVerdict {
  readonly verdict: 'promote' | 'reject';
  /** Every reason against it; empty for `promote`. */
  readonly reasons: readonly { readonly reason: GateReason; readonly message: string }[];
  /** NDCG minus that of the other version; undefined where they were not compared. */
  readonly difference: PairedDifference | undefined;
}

/**
 * Decides whether a candidate may take the place of the current version: it must be sound, fast, show enough of the
 * catalogue, and not be worse by a paired bootstrap of NDCG on the same cases. With fewer cases than needed there is
 * no comparison: then another recipe waits, and the same recipe passes, as it only learnt from more.
 */
export function judgeCandidate(
  candidate: MeasuredVersion,
  other: MeasuredVersion | undefined,
  { basis, options }: { readonly basis: GateBasis; readonly options: ModelGateOptions },
): GateVerdict {
  const reasons: { reason: GateReason; message: string }[] = [];
  const object = (reason: GateReason, message: string) => reasons.push({ reason, message });
  const { probe } = candidate;
  if (!probe.isSound) object('unsound', 'scores are not all finite and at least 0');
  if (probe.queryMs > options.maxQueryMs)
    object(
      'slow',
      `an answer takes ${show(probe.queryMs)} ms, expected ${options.maxQueryMs} at most`,
    );
  const least = Math.max(
    options.minCoverage,
    (other?.probe.coverage ?? 0) * (1 - options.maxCoverageLoss),
  );
  if (probe.coverage < least)
    object('narrow', `coverage is ${show(probe.coverage)}, expected ${show(least)} at least`);
  const cases = candidate.quality?.cases ?? 0;
  if (cases < options.minCases) {
    if (basis === 'refit')
      object('too_few_cases', `hold-out has ${cases} cases, expected ${options.minCases} at least`);
    return decide(reasons, undefined);
  }
  const [own, others] = [candidate.quality?.ndcgs, other?.quality?.ndcgs];
  if (own === undefined || others === undefined) return decide(reasons, undefined);
  const difference = pairedBootstrap(own, others);
  const allowed = options.maxLoss * (other?.quality?.measures.ndcg ?? 0);
  if (difference.high < -allowed)
    object(
      'worse',
      `NDCG differs by ${show(difference.mean)} (${show(difference.low)} to ${show(difference.high)}) on ${cases} cases, expected ${show(-allowed)} at least`,
    );
  return decide(reasons, difference);
}

function decide(
  reasons: GateVerdict['reasons'],
  difference: PairedDifference | undefined,
): GateVerdict {
  return { verdict: reasons.length === 0 ? 'promote' : 'reject', reasons, difference };
}

const show = (value: number) => String(Number(value.toPrecision(3)));
