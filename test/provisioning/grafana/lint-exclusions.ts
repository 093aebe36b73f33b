import type { Finding } from './linted-dashboard.ts';

/** Findings that are meant, and why. */
interface Exclusion {
  readonly rules: readonly string[];
  readonly reason: string;
  covers(finding: Finding): boolean;
}

/** What the description of a panel says of a fixed window. */
const windowWords: Readonly<Record<string, RegExp>> = {
  '15m': /quarter|15 minutes/,
  '30m': /half an hour|30 minutes/,
  '1h': /\bhour/,
  '1d': /\bday/,
};

/** Everything that generated dashboards have against a rule of the linter. */
export const exclusions: readonly Exclusion[] = [
  {
    rules: ['target-rate-interval-rule'],
    reason: 'One number for the whole of the chosen time, which $__rate_interval is a part of',
    covers: ({ expr = '' }) => expr.includes('[$__range]'),
  },
  {
    rules: ['target-rate-interval-rule'],
    reason: 'A slow signal needs a longer window; the description of the panel says which',
    covers: ({ message, panel }) => {
      const [window] = /\w+$/.exec(message) ?? [''];
      return windowWords[window]?.test(panel?.description ?? '') ?? false;
    },
  },
  {
    rules: ['target-instance-rule'],
    reason: 'Recording rules and alerts put the instances together',
    covers: ({ message }) => /^(?:sightline:|ALERTS )/.test(message),
  },
  {
    rules: ['target-job-rule', 'target-instance-rule'],
    reason: 'The collector makes series of spans, which name the service and not the job',
    covers: ({ message }) => message.startsWith('traces_span_metrics_'),
  },
  {
    rules: ['target-counter-agg-rule'],
    reason: 'A counter that begins with its first increment is seen by comparing it with before',
    covers: ({ expr = '' }) => / unless .* offset \$__/.test(expr),
  },
  {
    rules: ['panel-units-rule'],
    reason: 'Events a second is a unit of Grafana that the list of the linter lacks',
    covers: ({ message }) => message === 'has the unit eps',
  },
];

/** The findings that no exclusion covers. */
export function withoutExclusions(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    (finding) =>
      !exclusions.some(({ rules, covers }) => rules.includes(finding.rule) && covers(finding)),
  );
}
