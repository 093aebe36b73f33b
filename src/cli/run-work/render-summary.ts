import type { RunSummary } from './tally.ts';

/**
 * The summary of an offline run for people.
 *
 * @example renderSummary(summary) // '  lines                100 in 0.1 s, 1000 a second with 2 workers\n  answered ...'
 */
export function renderSummary(summary: RunSummary): string {
  const { lines, seconds, workers, resumed, latency_ms: latency } = summary;
  const { p50, p90, p99, max } = latency;
  const rows: readonly (readonly [string, string])[] = [
    [
      'lines',
      `${lines} in ${seconds} s, ${summary.lines_per_second} a second with ${workers} workers`,
    ],
    ['resumed behind', String(resumed)],
    ['answered, refused', `${summary.answered}, ${summary.refused}`],
    [
      'latency',
      p50 === null ? 'none measured' : `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms`,
    ],
    ['outcomes', countsText(summary.outcomes)],
    ['strategies', countsText(summary.strategies)],
    ['fallback reasons', countsText(summary.fallback_reasons)],
    ['errors', countsText(summary.errors)],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(20)} ${value}\n`).join('');
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.length === 0 ? 'none' : rows.map(([name, times]) => `${name} ${times}`).join(', ');
}
