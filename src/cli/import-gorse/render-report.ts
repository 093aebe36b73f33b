import type { Finding, Verdict } from './settings.ts';

const titles: Readonly<Record<Verdict, string>> = {
  became: 'taken over',
  same: 'the same by default',
  needless: 'not needed',
  none: 'without an equivalent',
  unknown: 'unknown',
};

/** What a person reads: each key of Gorse and what became of it, in groups. Values of secrets are not in it. */
export function renderReport(findings: readonly Finding[]): string {
  const groups = Object.entries(titles).map(([verdict, title]) => ({
    title,
    rows: findings.filter((finding) => finding.verdict === verdict),
  }));
  const width = Math.min(48, Math.max(0, ...findings.map(({ key }) => key.length)));
  const shown = groups.filter(({ rows }) => rows.length > 0);
  const counts = shown.map(({ title, rows }) => `${rows.length} ${title}`);
  return [
    ...shown.flatMap(({ title, rows }) => [title, ...rows.map((row) => line(row, width)), '']),
    `${counts.join(', ') || 'no keys: everything is as Gorse has it by default'}\n`,
  ].join('\n');
}

function line({ key, text, variable }: Finding, width: number): string {
  const from = variable === undefined || variable === key ? '' : ` (from ${variable})`;
  return `  ${key.padEnd(width)}  ${text}${from}`;
}
