import type { MetricRow } from './metric-row.ts';
import { exposedName, type MetricName, metricTable } from './metrics.ts';

const introduction = `# Metrics

Generated from \`src/telemetry/metrics.ts\`; do not edit.

\`GET /metrics\` on the control listener serves them as OpenMetrics 1.0.0 with exemplars, or as text 0.0.4,
whichever the scraper's \`Accept\` header prefers. A label takes a bounded number of values; what comes
later reads \`__other__\` and is counted in \`sightline_label_overflow_total\`. Number: place among the key
metrics, in brackets the key metric it explains. Fed by: the fact or record behind the series.
`;

const columns = ['Number', 'Series', 'Type', 'Labels', 'Unit', 'Meaning', 'Fed by'];

/** The page of all series as Markdown. */
export function metricsPage(): string {
  const rows = (Object.keys(metricTable) as MetricName[]).map(rowText);
  const rule = columns.map(() => '---').join(' | ');
  return `${introduction}\n| ${columns.join(' | ')} |\n| ${rule} |\n${rows.join('\n')}\n`;
}

function rowText(name: MetricName): string {
  const row: MetricRow = metricTable[name];
  const number = row.companion === undefined ? (row.key ?? '') : `(${row.companion})`;
  const labels = row.labels.map((label) => `\`${label}\``).join(' ');
  const cells = [
    number,
    `\`${exposedName(name)}\``,
    row.type,
    labels,
    row.unit,
    row.help,
    `\`${row.owner}\``,
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}
