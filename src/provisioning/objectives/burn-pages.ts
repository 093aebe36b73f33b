import type { RunbookPage } from '../rules/rule.ts';
import type { Definition } from '../source/definition.ts';
import { createAlertContext, curl, query, trainAnew } from '../symptoms/symptom.ts';
import type { ObjectiveKind } from './objective.ts';

/** Summary and page of the runbook for each kind of objective. */
export function burnPages(
  definition: Definition,
): Readonly<Record<ObjectiveKind, RunbookPage & { readonly summary: string }>> {
  const { q } = createAlertContext(definition);
  const left = `What is left of each budget: ${query(q.recorded('sightline:slo_budget_left:ratio'))}.`;
  const windows =
    'It is so over a long window, which says that it matters, and over a short one, which says that it goes on. In a period of 30 days';
  const slow =
    'tells of it as a warning when the budget is spent 3 times too fast over a day, or at all too fast over three';
  const felt = (what: string) =>
    `${what} ${windows} somebody is woken when it is spent 14.4 times too fast over an hour or 6 times over six; the alert ${slow}. A stage alone wakes nobody.`;
  const unfelt = (what: string) =>
    `${what} ${windows} the alert ${slow}; sooner when it is spent 14.4 times too fast over an hour or 6 times over six. It wakes nobody, as people are served.`;
  return {
    availability: {
      summary: 'Requests fail faster than the error budget allows.',
      meaning: felt(
        'Requests of the work end in an error, or runs of the stage end otherwise than `ok`.',
      ),
      impact:
        'Callers get a 5xx instead of a list. Where a stage is named, answers still come, made without it.',
      diagnosis: `Overview shows since when. By error: ${query(q.count('http_server_request_duration_seconds', { where: { error_type: '!=' }, by: ['http_route', 'error_type'] }))}. By stage: ${query(q.count('stage_duration_seconds', { where: { outcome: '!=ok' }, by: ['work', 'stage', 'component', 'outcome'] }))}. ${curl(definition, '/control/anomalies')} names the labels that explain it, with traces. ${left}`,
      mitigation: `If it began with a deploy or a changed configuration (annotations of the dashboard), roll that back. If one instance alone fails, take it out: ${curl(definition, '/control/drain', { method: 'POST' })}. If a store fails, see [SightlineStoreFailing](#sightlinestorefailing). If an arm of an experiment fails, kill the experiment.`,
    },
    latency: {
      summary: 'Answers are slow more often than the latency objective allows.',
      meaning: felt('Too many requests, or runs of a stage, take longer than was promised.'),
      impact: 'Callers wait, or give up and show nothing.',
      diagnosis: `Where the time goes: ${query(q.quantile(0.99, 'stage_duration_seconds', { by: ['work', 'stage'] }))}, then Pipeline stage with its exemplars. Is it one instance (Runtime: event loop, garbage collection), one store (${query(q.quantile(0.99, 'store_fetch_duration_seconds', { by: ['store'] }))}), or more traffic than usual? ${left}`,
      mitigation:
        'Give the slow stage a `budgetMs`, so that it is skipped instead of waited for. Add instances where all of them are busy. Take a slow store or model out of the work until it is well.',
    },
    nonempty: {
      summary: 'Answers are empty more often than the objective allows.',
      meaning: felt('Too many answers have no item at all: not even the popular ones were left.'),
      impact: 'The place on the page stays empty.',
      diagnosis: `The candidate funnel of Pipeline stage shows where they are lost: ${query(q.quantile(0.5, 'stage_candidates', { by: ['work', 'stage', 'direction'] }))}. What filters take: ${query(q.rate('filter_removed_total', { by: ['work', 'component'] }))}. Were items hidden or expired in bulk, or does a caller ask for a category without items? ${left}`,
      mitigation:
        'Undo the bulk change of items. Loosen the filter that takes all of them. Where retrieval brings nothing, see [SightlineRetrievalStarved](#sightlineretrievalstarved).',
    },
    freshness: {
      summary: 'Models or feature rows are older than promised for too much of the time.',
      meaning: unfelt(
        'The oldest model of the work is over its age, or too many feature rows that the stage read are.',
      ),
      impact: 'Answers follow what people liked some time ago; new items are missing.',
      diagnosis: `${curl(definition, '/control/models')} says when each was trained. ${query(q.level('model_age_seconds', { of: 'max', by: ['model'] }))}, ${query(q.recorded('sightline:feature_age_p95:5m'))}. Did the last training fail, or was none begun? ${left}`,
      mitigation: `Mend the job that trains, or the one that writes the rows. ${trainAnew}`,
    },
    coverage: {
      summary: 'A strategy shows less of a catalogue than promised for too much of the time.',
      meaning: `${unfelt('The catalogue that is shown least of is under the promised share.')} Judged while there is at least half of the usual traffic.`,
      impact: 'Most items are never seen, and nothing is learnt about them.',
      diagnosis: `By catalogue: ${query(q.level('catalog_coverage_ratio', { of: 'max', by: ['strategy', 'catalog'] }))}. Inequality: ${query(q.level('catalog_gini_ratio', { of: 'max', by: ['catalog'] }))}. Did a model that spreads (item2vec, latest) stop bringing candidates? ${left}`,
      mitigation:
        'Raise `diversity` of the rerank stage, or the weight and limit of retrievers that reach the tail. Where the traffic is too little for the promise, lower it.',
    },
  };
}
