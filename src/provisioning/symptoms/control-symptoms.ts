import { firstTime } from '../rules/proof-series.ts';
import { type AlertMaker, ago, leastEvents, query, where } from './symptom.ts';

/** Calls of the control port that somebody may not make. */
export const controlSymptoms: AlertMaker = ({ definition, q }) => {
  const name = 'control_changes_total';
  const denied = q.happened(name, { where: { outcome: 'denied' }, window: '15m' });
  const [node] = definition.nodes;
  return [
    {
      alert: 'SightlineControlDenied',
      expr: where(q, [
        `${denied} >= ${leastEvents}`,
        `max by (${q.labels()}) (${ago('15m', q.target('up'))})`,
      ]),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'Somebody calls the control port without the right token.',
      description:
        '{{ $value | humanize }} calls that need the control token came without it, or with another one, within 15 minutes.',
      dashboard: { key: 'runtime', panel: 'control-changes' },
      runbook: {
        meaning:
          'A script has an old token or none, or somebody guesses. After ten such calls further ones are not looked at for a while: they count as `limited`.',
        impact:
          'Nothing was changed or shown by these calls. While calls from other machines are limited, so are those with the right token; calls from the machine itself still pass.',
        diagnosis: `What they ask for: ${query(q.rate(name, { by: ['action', 'outcome'] }))}. Who: the log lines \`control.denied\` name the address, the path and whether a token was missing or wrong.`,
        mitigation: `Give the script the token of \`SIGHTLINE_CONTROL_TOKEN\`. Where nobody should be calling, close ${node} to that address, and set a new token if the old one may be known; lines \`control.changed\` say what was done with it.`,
      },
      proof: firstTime(q, q.select(name, { action: 'drain', outcome: 'denied' }), { times: 7 }),
    },
  ];
};
