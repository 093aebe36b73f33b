import { rateWindow } from '../objectives/windows.ts';
import { durationText } from '../rules/duration.ts';
import { growing, observed, steady } from '../rules/proof-series.ts';
import { type AlertMaker, ago, curl, leastEvents, query, trainAnew, where } from './symptom.ts';

/** Answers that are missing, empty or not what was asked for. */
export const answerSymptoms: AlertMaker = (context) => [
  ...answersFailing(context),
  ...emptyAnswers(context),
  ...fallbackRateHigh(context),
  ...retrievalStarved(context),
  ...retrieverSilent(context),
  ...noTraffic(context),
];

const answersFailing: AlertMaker = ({ definition, q }) => {
  const failed = q.count('request_duration_seconds', {
    where: { outcome: '=~error|empty' },
    by: ['work'],
  });
  const proof = outcomes(q);
  return [
    {
      alert: 'SightlineAnswersFailing',
      expr: where(
        q,
        [
          `${q.recorded('sightline:error_rate:5m')} + ${q.recorded('sightline:empty_rate:5m')} > 0.5`,
          `${failed} * 300 >= ${leastEvents}`,
        ],
        ['work'],
      ),
      severity: 'critical',
      forSeconds: 180,
      keepFiringForSeconds: 300,
      summary: 'Most requests of a work end without anything to show.',
      description:
        '{{ $value | humanizePercentage }} of the requests of work {{ $labels.work }} end in an error or in an empty answer.',
      dashboard: { key: 'overview', panel: 'errors' },
      runbook: {
        meaning:
          'More than half of the requests of a work have failed or were answered with no item for three minutes, whatever its objectives are.',
        impact: 'People see no recommendations of this work.',
        diagnosis: `Errors or empty answers: ${query(q.count('request_duration_seconds', { by: ['work', 'outcome'] }))}. Errors: log lines of level \`error\`, ${query(q.count('http_server_request_duration_seconds', { where: { error_type: '!=' }, by: ['http_route', 'error_type'] }))}. Empty: the candidate funnel of Pipeline stage. Did it begin with a deploy, a changed configuration, or a generation (${curl(definition, '/control/generations')})?`,
        mitigation: `Roll the deploy or the configuration back. Take a single bad instance out with ${curl(definition, '/control/drain', { method: 'POST' })}. Let callers show their own list meanwhile.`,
      },
      proof: {
        firing: {
          series: { ...proof('ok', 40), ...proof('error', 60) },
          atMinutes: 6,
          labels: { work: 'home' },
          value: 0.6,
        },
        silent: { series: { ...proof('ok', 70), ...proof('error', 30) }, atMinutes: 6 },
      },
    },
  ];
};

const emptyAnswers: AlertMaker = ({ q }) => {
  const empty = q.count('request_duration_seconds', { where: { outcome: 'empty' }, by: ['work'] });
  const proof = outcomes(q);
  return [
    {
      alert: 'SightlineEmptyAnswers',
      expr: where(
        q,
        [`${q.recorded('sightline:empty_rate:5m')} > 0.05`, `${empty} * 300 >= ${leastEvents}`],
        ['work'],
      ),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Many answers have no item.',
      description:
        '{{ $value | humanizePercentage }} of the answers of work {{ $labels.work }} have no item.',
      dashboard: { key: 'overview', panel: 'empty' },
      runbook: {
        meaning:
          'One answer in twenty has had no item for ten minutes: nothing was retrieved, or filters took everything, popular items included.',
        impact: 'The place on the page stays empty for these people.',
        diagnosis: `Where candidates are lost: ${query(q.quantile(0.5, 'stage_candidates', { by: ['work', 'stage', 'direction'] }))}. Which filter takes them: ${query(q.rate('filter_removed_total', { by: ['work', 'component'] }))}. One answer with \`"explain": true\` shows every stage with its counts.`,
        mitigation:
          'Undo a bulk change that hid or expired items. Loosen the filter that takes everything. Give the work a retriever that always has something (`popular`).',
      },
      proof: {
        firing: {
          series: { ...proof('ok', 90), ...proof('empty', 10) },
          atMinutes: 13,
          labels: { work: 'home' },
          value: 0.1,
        },
        silent: { series: { ...proof('ok', 99), ...proof('empty', 1) }, atMinutes: 13 },
      },
    },
  ];
};

const fallbackRateHigh: AlertMaker = ({ definition, q }) => {
  const proof = outcomes(q);
  const replaced = (perStep: number) => ({
    ...proof('ok', 100 - perStep),
    ...proof('fallback', perStep),
    [q.select('fallback_total', { work: 'home', stage: 'score', reason: 'model.unavailable' })]:
      growing(perStep),
  });
  return [
    {
      alert: 'SightlineFallbackRateHigh',
      expr: where(
        q,
        [
          `${q.recorded('sightline:fallback_rate:5m')} > 0.05`,
          `${q.increase('fallback_total', { by: ['work'] })} >= ${leastEvents}`,
        ],
        ['work'],
      ),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Many answers are served by a fallback.',
      description:
        '{{ $value | humanizePercentage }} of the requests of work {{ $labels.work }} are served by a fallback.',
      dashboard: { key: 'pipeline-stage', panel: 'fallbacks' },
      runbook: {
        meaning:
          'For ten minutes more than one answer in twenty was changed by something that failed, was late or was not there. People get a list, but not the one that the models would have made.',
        impact: 'Answers are less personal, up to the popular items for everybody. Clicks fall.',
        diagnosis: `Stage and reason: ${query(q.rate('fallback_total', { by: ['work', 'stage', 'reason'] }))}. \`timeout.*\` and \`budget.exhausted\`: something is slow, see [SightlineStageOverBudget](#sightlinestageoverbudget). \`model.*\`: ${curl(definition, '/control/models')}. \`dependency.*\`: [SightlineStoreFailing](#sightlinestorefailing). \`candidates.*\`: the candidate funnel. \`plugin.*\`: the log lines of the requests carry the cause.`,
        mitigation:
          'Mend what the reason names. A model that cannot be loaded is trained anew, see [SightlineModelMissing](#sightlinemodelmissing). A stage that is skipped needs a greater budget or less to do.',
      },
      proof: {
        firing: { series: replaced(20), atMinutes: 13, labels: { work: 'home' }, value: 0.2 },
        silent: { series: replaced(2), atMinutes: 13 },
      },
    },
  ];
};

const retrievalStarved: AlertMaker = ({ q }) => {
  const of = { where: { stage: 'retrieve', direction: 'out' }, by: ['work'] } as const;
  const name = 'stage_candidates';
  const found = (value: number) =>
    observed(q, name, {
      where: { work: 'home', stage: 'retrieve', direction: 'out' },
      value,
      perStep: 60,
    });
  return [
    {
      alert: 'SightlineRetrievalStarved',
      expr: where(
        q,
        [`${q.quantile(0.5, name, of)} < 5`, `${q.count(name, of)} * 300 >= 20`],
        ['work'],
      ),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Retrieval brings almost no candidates.',
      description:
        'Half of the requests of work {{ $labels.work }} have at most {{ $value | humanize }} candidates after retrieval.',
      dashboard: { key: 'pipeline-stage', panel: 'funnel' },
      runbook: {
        meaning:
          'The median number of candidates that the retrieve stage brings has been under five for ten minutes.',
        impact: 'There is nothing to choose from: lists are short, equal for everybody, or empty.',
        diagnosis: `Which retriever stopped: ${query(q.rate('retriever_hits_total', { by: ['work', 'component'] }))}. A store without items (${query(q.select('store_rows', { table: 'items' }))}), a model trained on other items, or requests for items and users that nobody knows read like this.`,
        mitigation: `Load the items again. ${trainAnew} Until then give the work \`popular\` as one more retriever.`,
      },
      proof: {
        firing: { series: found(1), atMinutes: 13, labels: { work: 'home' }, value: 0.5 },
        silent: { series: found(150), atMinutes: 13 },
      },
    },
  ];
};

const retrieverSilent: AlertMaker = ({ definition, q, over }) => {
  const name = 'retriever_hits_total';
  const of = { by: ['work', 'component'] } as const;
  const gone = rateWindow(definition, 600);
  const before = ago(durationText(gone), over(86_400).rate(name, of));
  const asked = `sum by (${q.labels('work')}) (${q.recorded('sightline:requests:rate5m')}) * 300 >= 20`;
  const hits = q.select(name, { work: 'home', component: 'cbow' });
  const served = outcomes(q)('ok', 600);
  const later = { stepSeconds: gone / 10, atMinutes: gone / 24 };
  return [
    {
      alert: 'SightlineRetrieverSilent',
      expr: `(\n${where(q, [`${over(gone).increase(name, of)} == 0`, `${before} > 1`], ['work', 'component'])}\n)\nand on (${q.labels('work')})\n${asked}`,
      severity: 'warning',
      forSeconds: 60,
      keepFiringForSeconds: 600,
      summary: 'A retriever that used to bring candidates brings none.',
      description: `Retriever {{ $labels.component }} of work {{ $labels.work }} has brought no candidate for ${durationText(gone)}.`,
      dashboard: { key: 'pipeline-stage', panel: 'retriever-hits' },
      runbook: {
        meaning:
          'The work is asked, but one of its retrievers, which brought more than a candidate a second over the day before, has brought none for ten minutes.',
        impact:
          'Its part of the candidates is missing. Others fill the list, so nobody sees it but the quality of the answers.',
        diagnosis: `${curl(definition, '/control/models')} says whether its model is ready. ${query(q.rate(name, { by: ['work', 'component'] }))}, ${query(q.quantile(0.99, 'component_duration_seconds', { where: { stage: 'retrieve' }, by: ['component'] }))}. An answer with \`"explain": true\` lists it with its count and outcome.`,
        mitigation: `${trainAnew} If it was taken out on purpose, the alert ends by itself after a day.`,
      },
      proof: {
        firing: {
          series: { ...served, [hits]: '0+60000x10 600000+0x60' },
          ...later,
          labels: { work: 'home', component: 'cbow' },
        },
        silent: { series: { ...served, [hits]: growing(60_000) }, ...later },
      },
    },
  ];
};

const noTraffic: AlertMaker = ({ definition, q, over }) => {
  const name = 'request_duration_seconds';
  const gone = rateWindow(definition, 600);
  const before = ago(durationText(gone), over(3600).count(name));
  const asked = q.select(name, { work: 'home', outcome: 'ok' }, '_count');
  const later = { stepSeconds: gone / 2, atMinutes: gone / 8 };
  const up = { [q.target('up')]: steady(1) };
  return [
    {
      alert: 'SightlineNoTraffic',
      expr: where(q, [
        `${before} > 0.1\nunless\n${over(gone).count(name)} > 0`,
        `max by (${q.labels()}) (${q.target('up')}) > 0`,
      ]),
      severity: 'critical',
      forSeconds: 120,
      keepFiringForSeconds: 300,
      summary: 'Requests have stopped.',
      description: `No request came to {{ $labels.job }} for ${durationText(gone)}, after an hour that had some.`,
      dashboard: { key: 'overview', panel: 'requests' },
      runbook: {
        meaning:
          'No recommendation was asked for in ten minutes, after an hour with more than one request in ten seconds. The gateway is scraped, so it runs.',
        impact: 'Nobody gets recommendations, most likely: callers cannot reach the gateway.',
        diagnosis: `Is it ready: ${curl(definition, '/readyz')}. Do balancers see it, does its address resolve, did a deploy of the callers change the URL? Ask it yourself on the query port. Requests that fail before they reach a work: ${query(q.count('http_server_request_duration_seconds', { by: ['http_route', 'http_response_status_code'] }))}.`,
        mitigation:
          'Mend the way to it: balancer, DNS, certificate, firewall, the deploy of the caller. A gateway that drains (`draining` in the answer of `/readyz`) is restarted.',
      },
      proof: {
        firing: {
          series: { ...up, [asked]: '0+300x12 3600+0x12' },
          ...later,
        },
        silent: { series: { ...up, [asked]: growing(300) }, ...later },
      },
    },
  ];
};

function outcomes(q: Parameters<AlertMaker>[0]['q']) {
  return (outcome: string, perStep: number) => ({
    [q.select('request_duration_seconds', { work: 'home', outcome }, '_count')]: growing(perStep),
  });
}
