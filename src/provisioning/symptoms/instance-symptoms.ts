import { steady, withLabels } from '../rules/proof-series.ts';
import { type AlertMaker, curl, query } from './symptom.ts';

const instance = 'gateway-1:8081';

/** The way from Prometheus to whoever is told works. */
export const watchdog: AlertMaker = ({ definition: { service, environment } }) => {
  const named = `label_replace(vector(1), "job", "${service}", "", "")`;
  const constant =
    environment === undefined
      ? named
      : `label_replace(${named}, "environment", "${environment}", "", "")`;
  return [
    {
      alert: 'SightlineWatchdog',
      expr: constant,
      severity: 'none',
      forSeconds: 0,
      keepFiringForSeconds: 0,
      summary: 'The way from Prometheus to whoever is told works.',
      description:
        'Always fires for {{ $labels.job }}; something is wrong when it does not arrive.',
      dashboard: { key: 'telemetry-health' },
      runbook: {
        meaning:
          'It fires all the time. Send it to something that calls you when it stays away (a dead man’s switch).',
        impact: 'While it stays away, no other alert arrives either.',
        diagnosis:
          'Is Prometheus up, does it evaluate its rules (`prometheus_rule_evaluation_failures_total`), does it reach Alertmanager (`prometheus_notifications_dropped_total`), and Alertmanager its receivers (`alertmanager_notifications_failed_total`)?',
        mitigation: 'Bring back what is down of these.',
      },
      proof: { firing: { series: {}, atMinutes: 1 }, silent: undefined },
    },
  ];
};

/** No instance answers. */
export const down: AlertMaker = ({ definition, q }) => {
  const up = q.target('up');
  const answering = (values: string) => ({ [withLabels(up, { instance })]: values });
  return [
    {
      alert: 'SightlineDown',
      expr: `sum by (${q.labels()}) (${up}) == 0\nor\nabsent(${up})`,
      severity: 'critical',
      forSeconds: 120,
      keepFiringForSeconds: 120,
      summary: 'No instance of the gateway answers.',
      description: 'Prometheus reaches no instance of {{ $labels.job }}, or knows of none.',
      dashboard: { key: 'telemetry-health', panel: 'up' },
      runbook: {
        meaning:
          'All scrapes of the control ports have failed for two minutes, or Prometheus has no targets.',
        impact: 'Most likely nobody gets recommendations. No other alert can be judged.',
        diagnosis: `${curl(definition, '/readyz')} from a machine beside it. The state of the process and its last log lines; \`server.failed\` carries the cause of a start that failed. If it answers: the targets page of Prometheus, the token (without a control token only callers on the same machine may read), the network.`,
        mitigation:
          'Start it again. If a deploy or a configuration broke the start (`sightline check` lists every mistake), roll that back. Correct the targets.',
      },
      proof: {
        firing: { series: answering('1x5 0x30'), atMinutes: 10 },
        silent: { series: answering(steady(1)), atMinutes: 10 },
      },
    },
  ];
};

/** One instance does not answer. */
export const instanceDown: AlertMaker = ({ definition, q }) => {
  const up = q.target('up');
  const answering = (values: string) => ({
    [withLabels(up, { instance })]: values,
    [withLabels(up, { instance: 'gateway-2:8081' })]: steady(1),
  });
  return [
    {
      alert: 'SightlineInstanceDown',
      expr: `${up} == 0`,
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'An instance of the gateway does not answer.',
      description: 'Prometheus has not reached {{ $labels.instance }} for five minutes.',
      dashboard: { key: 'telemetry-health', panel: 'up' },
      runbook: {
        meaning: 'Scrapes of one control port fail.',
        impact: 'The other instances carry its traffic, where there are others.',
        diagnosis: `${curl(definition, '/readyz')} on that instance, its process and its last log lines. A scrape that times out points to a blocked event loop.`,
        mitigation: 'Start it again, or take it out of the targets and of the balancer.',
      },
      proof: {
        firing: { series: answering('1x5 0x30'), atMinutes: 15, labels: { instance } },
        silent: { series: answering('1x5 0 1x30'), atMinutes: 13 },
      },
    },
  ];
};

/** An instance restarts again and again. */
export const restartLoop: AlertMaker = ({ q }) => {
  const began = q.target('process_start_time_seconds');
  const starts = (values: string) => ({ [withLabels(began, { instance })]: values });
  return [
    {
      alert: 'SightlineRestartLoop',
      expr: `changes(${began}[30m]) > 3`,
      severity: 'warning',
      forSeconds: 0,
      keepFiringForSeconds: 1800,
      summary: 'An instance restarts again and again.',
      description:
        '{{ $labels.instance }} was started {{ $value | humanize }} times within 30 minutes.',
      dashboard: { key: 'runtime', panel: 'restarts' },
      runbook: {
        meaning: 'The process of an instance has begun anew more than three times in half an hour.',
        impact:
          'Requests in flight are lost; sessions in memory and the baselines of the anomaly engine begin anew each time.',
        diagnosis:
          'The last log lines before each start. Killed by the kernel or the orchestrator for its memory: `process_resident_memory_bytes` in Runtime. Killed by a probe: `/readyz` and the event loop. Ended by itself: `server.failed`.',
        mitigation:
          'Raise the limit of memory, give probes more patience, or roll the last deploy back.',
      },
      proof: {
        firing: {
          series: starts('0+60x5 300+0x60'),
          atMinutes: 10,
          labels: { instance },
          value: 5,
        },
        silent: { series: starts('0x10 600x60'), atMinutes: 20 },
      },
    },
  ];
};

/** Instances run different versions. */
export const versionsDiffer: AlertMaker = ({ q }) => {
  const labels = q.labels();
  const running = (version: string, name: string) => ({
    [withLabels(q.select('build_info', { version }), { instance: name })]: steady(1, 100),
  });
  return [
    {
      alert: 'SightlineVersionsDiffer',
      expr: `count by (${labels}) (count by (${q.labels('version')}) (${q.select('build_info')})) > 1`,
      severity: 'info',
      forSeconds: 3600,
      keepFiringForSeconds: 300,
      summary: 'Instances run different versions.',
      description:
        '{{ $value | humanize }} versions of {{ $labels.job }} have run side by side for an hour.',
      dashboard: { key: 'telemetry-health', panel: 'build' },
      runbook: {
        meaning: 'A deploy was not finished, or was rolled back in part.',
        impact: 'The same request is answered differently, depending on where it lands.',
        diagnosis: `${query(`count by (${q.labels('version')}) (${q.select('build_info')})`)}, ${query(q.select('generation_info'))}.`,
        mitigation: 'Finish the deploy, or roll all of it back.',
      },
      proof: {
        firing: {
          series: { ...running('1.0.0', 'gateway-1:8081'), ...running('1.1.0', 'gateway-2:8081') },
          stepSeconds: 600,
          atMinutes: 80,
          value: 2,
        },
        silent: {
          series: { ...running('1.0.0', 'gateway-1:8081'), ...running('1.0.0', 'gateway-2:8081') },
          stepSeconds: 600,
          atMinutes: 80,
        },
      },
    },
  ];
};
