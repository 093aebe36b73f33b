import { rateWindow } from '../objectives/windows.ts';
import { known, share } from '../queries/share.ts';
import type { Definition } from '../source/definition.ts';
import { durationText } from './duration.ts';
import type { RecordedName } from './recorded.ts';
import type { RecordingRule } from './rule.ts';
import { type RuleQueries, ruleQueries } from './rule-queries.ts';

/** Slope of similarity from which an item is learnt anew; a bound of the buckets. */
const retrainSlope = 0.015;

/** Recorded series that are no part of an objective. */
type PlainRecorded = Exclude<RecordedName, `sightline:slo_${string}`>;

/** How each is made, by queries over the window that its name ends in. */
const expressions: Readonly<Record<PlainRecorded, (q: RuleQueries) => string>> = {
  'sightline:rec_latency_p50:5m': (q) => latency(q, 0.5),
  'sightline:rec_latency_p95:5m': (q) => latency(q, 0.95),
  'sightline:rec_latency_p99:5m': (q) => latency(q, 0.99),
  'sightline:stage_latency_p99:5m': (q) =>
    known(q.quantile(0.99, 'stage_duration_seconds', { by: ['work', 'stage'] })),
  'sightline:requests:rate5m': (q) =>
    q.count('request_duration_seconds', { by: ['work', 'strategy', 'outcome'] }),
  'sightline:error_rate:5m': (q) => outcomeShare(q, 'error'),
  'sightline:empty_rate:5m': (q) => outcomeShare(q, 'empty', '!=error'),
  'sightline:fallback_rate:5m': (q) => outcomeShare(q, 'fallback'),
  'sightline:store_failure_rate:5m': (q) => {
    const by = ['store'] as const;
    return share(
      q.count('store_fetch_duration_seconds', { where: { outcome: '!=ok' }, by }),
      q.count('store_fetch_duration_seconds', { by }),
    );
  },
  'sightline:feature_age_p95:5m': (q) =>
    known(q.quantile(0.95, 'feature_age_seconds', { by: ['store'] })),
  'sightline:ctr_prediction_error_mean:1h': (q) =>
    known(q.mean('ctr_prediction_error', { by: ['strategy', 'catalog'] })),
  'sightline:slate_diversity_mean:1h': (q) =>
    known(q.mean('slate_diversity_ratio', { by: ['strategy'] })),
  'sightline:slate_novelty_mean:1h': (q) =>
    known(q.mean('slate_novelty_bits', { by: ['strategy'] })),
  'sightline:similarity_decay_share:1h': (q) => {
    const slower = q.within(retrainSlope, 'item_similarity_decay_rate', { by: ['catalog'] });
    // Rates that are added in another order may come out a hair above their sum.
    return known(`clamp_min(1 - ${slower}, 0)`);
  },
  'sightline:session_entropy_median:1h': (q) =>
    known(q.quantile(0.5, 'session_freshness_entropy_bits', { by: ['segment'] })),
  'sightline:session_freshness:mean': (q) =>
    q.level('session_freshness_ratio', { by: ['segment'] }),
};

/** The recording rules that do not depend on objectives. */
export function recordingRules(definition: Definition): RecordingRule[] {
  const overWindow = (seconds: number) =>
    ruleQueries(definition, durationText(rateWindow(definition, seconds)));
  const short = overWindow(300);
  const long = overWindow(3600);
  return Object.entries(expressions).map(([record, expression]) => ({
    record,
    expr: expression(record.endsWith(':1h') ? long : short),
  }));
}

function latency(q: RuleQueries, quantile: number): string {
  return known(q.quantile(quantile, 'request_duration_seconds', { by: ['work'] }));
}

function outcomeShare(q: RuleQueries, outcome: string, among?: string): string {
  return share(
    q.count('request_duration_seconds', { where: { outcome }, by: ['work'] }),
    q.count('request_duration_seconds', {
      where: among === undefined ? {} : { outcome: among },
      by: ['work'],
    }),
  );
}
