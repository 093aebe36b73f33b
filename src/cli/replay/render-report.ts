import type { Latency, ReplayReport } from './tally.ts';

/**
 * A replay's result for people.
 *
 * @example renderReport(report) // '  hit rate@20        0.742\n  MRR@20 ...'
 */
export function renderReport(report: ReplayReport): string {
  const { n } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['sessions, clicks', `${report.sessions}, ${report.clicks}`],
    [
      'requests',
      `${report.requests} in ${report.seconds} s, ${report.requests_per_second} a second`,
    ],
    [`hit rate@${n}`, report.hit_rate.toFixed(4)],
    [`MRR@${n}`, report.mrr.toFixed(4)],
    ['items an answer', report.returned.toFixed(2)],
    ['recommend latency', latencyText(report.latency_ms)],
    ['feedback latency', latencyText(report.feedback_latency_ms)],
    ['late by at most', `${report.late_ms} ms`],
    ['recommend statuses', countsText(report.statuses)],
    ['feedback statuses', countsText(report.feedback_statuses)],
    ['strategies', countsText(report.strategies)],
    ['fallback reasons', countsText(report.fallback_reasons)],
    ['rejected clicks', String(report.rejected)],
    ['server errors', String(report.server_errors)],
    ['unanswered', String(report.unanswered)],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(20)} ${value}\n`).join('');
}

function latencyText({ p50, p90, p99, max }: Latency): string {
  if (p50 === null) return 'none measured';
  return `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms`;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.length === 0 ? 'none' : rows.map(([name, times]) => `${name} ${times}`).join(', ');
}
