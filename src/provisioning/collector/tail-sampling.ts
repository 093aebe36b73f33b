import { outcomes, stageOutcomes } from '../../telemetry/request-record.ts';
import type { WorkDefinition } from '../source/definition.ts';
import { noted, type Yaml } from '../yaml-file.ts';
import { goDuration } from './go-duration.ts';

/** Of every hundred traces that nothing was wrong with, so many are kept. */
const sharePercent = 5;

/** What requests and stages end with when something was wrong. */
const degraded = [...new Set<string>([...outcomes, ...stageOutcomes])].filter(
  (outcome) => outcome !== 'ok',
);

/**
 * The processor that decides about whole traces: what is worth looking at is kept, of the rest a share.
 *
 * @example tailSampling(definition.works).policies // errors, slow, degraded, anomalies, overrides, dry-runs, share
 */
export function tailSampling(works: readonly WorkDefinition[]): { readonly [key: string]: Yaml } {
  return {
    decision_wait: noted(
      'The gateway sends spans each second, most SDKs each five; later spans follow the decision by the caches.',
      '10s',
    ),
    num_traces: noted('Enough for 5,000 new traces a second.', 50_000),
    decision_cache: { sampled_cache_size: 100_000, non_sampled_cache_size: 500_000 },
    policies: [
      { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
      noted('Over what the work promises for 95 % of its requests, or else over its budget.', {
        name: 'slow',
        type: 'ottl_condition',
        ottl_condition: { error_mode: 'ignore', span: works.map(slowCondition) },
      }),
      noted('A request or one of its stages ended otherwise than asked for.', {
        name: 'degraded',
        type: 'string_attribute',
        string_attribute: { key: 'sightline.outcome', values: degraded },
      }),
      noted('Requests of a work or segment while something is wrong with it.', {
        name: 'anomalies',
        type: 'ottl_condition',
        ottl_condition: present('sightline.anomaly'),
      }),
      noted('Somebody asked for a variant by hand and wants to see what it did.', {
        name: 'overrides',
        type: 'ottl_condition',
        ottl_condition: present('sightline.experiment.override'),
      }),
      noted('Somebody had a request explained and wants to see its trace.', {
        name: 'dry-runs',
        type: 'ottl_condition',
        ottl_condition: present('sightline.dry_run'),
      }),
      {
        name: 'share',
        type: 'probabilistic',
        probabilistic: { sampling_percentage: sharePercent },
      },
    ],
  };
}

function slowCondition({ name, slo, budgetMs }: WorkDefinition): string {
  const bound = goDuration((slo.latencyP95Ms ?? budgetMs) / 1000);
  return `span.attributes["sightline.work"] == "${name}" and span.end_time - span.start_time > Duration("${bound}")`;
}

function present(attribute: string): { readonly [key: string]: Yaml } {
  return { error_mode: 'ignore', span: [`span.attributes["${attribute}"] != nil`] };
}
