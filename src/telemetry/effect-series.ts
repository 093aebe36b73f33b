import type { FactSeries } from './fact-series.ts';
import type { Facts } from './facts.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series that the facts of what follows answers feed. */
export function createEffectSeries(set: MetricSet) {
  return {
    'effect.ended': ({ effect, outcome, seconds }) =>
      set.histogram('effect_duration_seconds', { effect, outcome }).observe(seconds),
    'effect.dropped': ({ effect, reason }) =>
      set.counter('effects_dropped_total', { effect, reason }).add(1),
    'effects.queued': ({ waiting }) => set.gauge('effects_waiting').set(waiting),
    'shadow.finished': (fact) => tellShadow(set, fact),
  } satisfies FactSeries;
}

function tellShadow(
  set: MetricSet,
  { work, shadow, outcome, overlap, kendallTau, latencyRatio, traceId }: Facts['shadow.finished'],
): void {
  const labels = { work, shadow };
  set.counter('shadow_runs_total', { ...labels, outcome }).add(1, traceId);
  if (overlap !== undefined)
    set.histogram('shadow_overlap_ratio', labels).observe(overlap, traceId);
  if (kendallTau !== undefined)
    set.histogram('shadow_concordance_ratio', labels).observe((1 + kendallTau) / 2, traceId);
  if (latencyRatio !== undefined)
    set.histogram('shadow_latency_ratio', labels).observe(latencyRatio, traceId);
}
