import { aDayLater, growing } from '../rules/proof-series.ts';
import { type AlertMaker, ago, curl, query } from './symptom.ts';

const strategyAndCatalog = ['strategy', 'catalog'] as const;
const place = { strategy: 'home-blend', catalog: 'books' } as const;

/** What is said of what comes of served items. */
export const servedSymptoms: AlertMaker = ({ definition, q, over }) => {
  const hourly = over(3600);
  const name = 'judged_exposures_total';
  const judged = hourly.rate(name, { by: strategyAndCatalog });
  const positive = hourly.rate(name, { where: { outcome: 'positive' }, by: strategyAndCatalog });
  const feedback = hourly.rate('feedback_events_total', { where: { outcome: 'accepted' } });
  const traffic = (wanted: string) => ({
    [q.select(name, { ...place, outcome: 'passed' })]: growing(500),
    [q.select(name, { ...place, outcome: 'positive' })]: wanted,
    [q.select('feedback_events_total', { outcome: 'accepted' })]: growing(300),
  });
  const byPlace = `on (${q.labels(...strategyAndCatalog)})`;
  return [
    {
      alert: 'SightlinePositiveFeedbackLost',
      // A counter that nothing has fed since the start is absent, not 0.
      expr: `${judged} * 3600 >= 100\nunless ${byPlace}\n${positive} > 0\nand ${byPlace}\n${ago('1d', positive)} * 3600 >= 20\nand on (${q.labels()})\n${feedback} >= 0.5 * ${ago('1d', feedback)}`,
      severity: 'warning',
      forSeconds: 1800,
      keepFiringForSeconds: 3600,
      summary: 'Nobody seems to want what is served any more.',
      description:
        'Of {{ $value | humanize }} items an hour that strategy {{ $labels.strategy }} served in catalogue {{ $labels.catalog }} none got positive feedback, and a day ago they did.',
      dashboard: { key: 'drift', panel: 'served-outcomes' },
      runbook: {
        meaning:
          'For an hour no served item of a strategy got positive feedback, though as much feedback comes as at this time of the day before, when 20 items at least got some. People do not all change their mind at once: feedback no longer finds the answers.',
        impact:
          'Click-through, positive feedback, calibration and experiments are measured on nothing.',
        diagnosis: `${query(q.rate('feedback_joined_total', { by: ['outcome'] }))}: where \`unmatched\` grew, clients send other request ids; where \`unattributed\` grew, they send other sessions or users with their feedback than with their requests; where \`late\` grew, they send it too late. Did clients change the types of their feedback, so that none is positive? ${curl(definition, '/control/signals')}`,
        mitigation:
          'Let clients send `request_id`, or the same session or user as they asked for. Where the types changed, set `signals.requests.positive`. Where feedback is late, raise `signals.requests.joinSeconds`.',
      },
      proof: {
        firing: {
          series: traffic('0+50x50 2500+0x60'),
          ...aDayLater,
          labels: place,
          value: 1000,
        },
        silent: { series: traffic(growing(50)), ...aDayLater },
      },
    },
  ];
};
