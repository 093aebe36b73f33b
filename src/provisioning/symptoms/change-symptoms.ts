import { firstTime } from '../rules/proof-series.ts';
import { type AlertMaker, curl, happenedLately, query } from './symptom.ts';

/** Changes that did not come to serve. */
export const changeSymptoms: AlertMaker = (context) => [
  ...changeFailing(context),
  ...changeHeld(context),
  ...tableFailing(context),
];

const changeFailing: AlertMaker = ({ definition, q }) => {
  const where = { outcome: 'failed' } as const;
  const labels = { trigger: 'file' } as const;
  return [
    {
      alert: 'SightlineChangeFailing',
      expr: happenedLately(q, 'generation_changes_total', { where, by: ['trigger'] }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'A change could not be built.',
      description: 'A change set off by {{ $labels.trigger }} could not be built or loaded.',
      dashboard: { key: 'freshness', panel: 'generation-changes' },
      runbook: {
        meaning:
          'Within the last quarter of an hour a changed configuration, plugin, model or table did not become a generation.',
        impact:
          'The generation before goes on serving. Instances that start now may not: they read the same files.',
        diagnosis: `The log line \`generation.failed\` names the phase and every mistake; so does the answer of ${curl(definition, '/control/reload', { method: 'POST' })}. ${query(q.rate('generation_changes_total', { by: ['trigger', 'outcome'] }))}.`,
        mitigation:
          '`sightline check` lists every mistake of a configuration. Correct the files, or put those before back; they are looked at again by themselves where `generations.watchSeconds` is not 0.',
      },
      proof: firstTime(q, q.select('generation_changes_total', { ...labels, ...where }), {
        times: 1,
        labels,
      }),
    },
  ];
};

const changeHeld: AlertMaker = ({ definition, q }) => {
  const where = { outcome: 'held' } as const;
  const labels = { trigger: 'file' } as const;
  return [
    {
      alert: 'SightlineChangeHeld',
      expr: happenedLately(q, 'generation_changes_total', { where, by: ['trigger'] }),
      severity: 'info',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'A new generation waits to be promoted.',
      description: 'A change set off by {{ $labels.trigger }} did not pass the gate.',
      dashboard: { key: 'freshness', panel: 'generation-changes' },
      runbook: {
        meaning:
          'A new generation answered recorded requests too differently, too slowly, or degraded, by `generations.gate`; or somebody asked for it to wait.',
        impact: 'The generation before goes on serving.',
        diagnosis: `${curl(definition, '/control/generations')} shows the one that is \`staged\`, the reasons and the comparison.`,
        mitigation: `When the difference is meant, promote it: ${curl(definition, '/control/generations/ID/promote', { method: 'POST' })}. Else correct what was changed; the next change takes its place.`,
      },
      proof: firstTime(q, q.select('generation_changes_total', { ...labels, ...where }), {
        times: 1,
        labels,
      }),
    },
  ];
};

const tableFailing: AlertMaker = ({ definition, q }) => {
  const where = { outcome: 'failed' } as const;
  const labels = { table: 'blocked' } as const;
  return [
    {
      alert: 'SightlineTableFailing',
      expr: happenedLately(q, 'table_loads_total', { where, by: ['table'] }),
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 900,
      summary: 'A global table could not be loaded.',
      description: 'Table {{ $labels.table }} could not be loaded.',
      dashboard: { key: 'freshness', panel: 'table-loads' },
      runbook: {
        meaning: 'Within the last quarter of an hour the file of a table could not be read.',
        impact: 'The version before goes on serving and gets older.',
        diagnosis: `${curl(definition, '/control/tables')} shows why, with the line of the file.`,
        mitigation:
          'Have the file written again: first under another name, then renamed, so that nobody reads half of it.',
      },
      proof: firstTime(q, q.select('table_loads_total', { ...labels, ...where }), {
        times: 1,
        labels,
      }),
    },
  ];
};
