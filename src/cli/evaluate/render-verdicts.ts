import type { DatasetStatistics } from '../../training/dataset/describe-dataset.ts';
import type { QualityMeasures } from '../../training/evaluation/model-quality.ts';
import type { Verdict } from './judge-models.ts';
import type { EvaluateSettings } from './settings.ts';

/** What an evaluation found. */
export interface EvaluationResult {
  readonly settings: Pick<EvaluateSettings, 'split' | 'share' | 'cutoffs' | 'seed' | 'every'>;
  /** Of all that was learnt from and judged by, before the split. */
  readonly statistics: DatasetStatistics;
  /** Events on either side of the split. */
  readonly events: { readonly before: number; readonly after: number };
  readonly verdicts: readonly Verdict[];
}

const shown = ['recall', 'ndcg', 'mrr', 'hitRate', 'precision', 'coverage', 'auc'] as const;

/**
 * A result for people.
 *
 * @example renderVerdicts(result) // 'model      recall@20  ndcg@20 ...'
 */
export function renderVerdicts({
  settings,
  statistics,
  events,
  verdicts,
}: EvaluationResult): string {
  const [cutoff] = settings.cutoffs;
  const judged = verdicts.find((verdict) => 'quality' in verdict);
  const title = (name: string) =>
    name === 'coverage' || name === 'auc' ? name : `${name === 'hitRate' ? 'hit' : name}@${cutoff}`;
  const rows = [
    ['model', ...shown.map(title), 'novelty', 'ndcg against the first', 'fit', 'judged'],
    ...verdicts.map((verdict) =>
      'failure' in verdict ? [verdict.name, verdict.failure] : cellsOf(verdict),
    ),
  ];
  const cases =
    judged === undefined ? '' : `, ${judged.quality.cases} cases of ${judged.quality.task}`;
  return [
    describeData(statistics),
    `split ${settings.split}: ${events.before} events to learn from, ${events.after} to judge by${cases}`,
    '',
    ...columnsOf(rows),
    '',
  ].join('\n');
}

/** A data set in a sentence or three. */
export function describeData(data: DatasetStatistics): string {
  const { users, items, events, sessions, density, itemsPerUser, usersPerItem } = data;
  const spread = ({ p25, p50, p95, max }: typeof itemsPerUser) =>
    `${p50} in the middle (a quarter at most ${p25}, 95 % at most ${p95}, at most ${max})`;
  return [
    `${users} users, ${items} items, ${events} events in ${sessions} sessions over ${data.spanDays.toFixed(1)} days`,
    `density ${(100 * density).toPrecision(3)} %, popularity Gini ${data.popularityGini.toFixed(2)}, ${data.coldItems} items without an event (${(100 * data.coldShare).toFixed(1)} %)`,
    `items of a user: ${spread(itemsPerUser)}`,
    `users of an item: ${spread(usersPerItem)}`,
  ].join('\n');
}

function cellsOf(verdict: Extract<Verdict, { quality: object }>): string[] {
  const { name, quality, difference, fitSeconds, judgeSeconds } = verdict;
  const measures: QualityMeasures = quality.measures;
  const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
  return [
    name,
    ...shown.map((measure) => measures[measure]?.toFixed(4) ?? '-'),
    measures.novelty.toFixed(2),
    difference === undefined
      ? '-'
      : `${signed(difference.mean)} (${signed(difference.low)} to ${signed(difference.high)})`,
    `${fitSeconds.toFixed(1)} s`,
    `${judgeSeconds.toFixed(1)} s`,
  ];
}

/** Rows whose cells stand below each other; the last cell of a shorter row goes on over the columns. */
function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const [head] = rows;
  const whole = rows.filter((row) => row.length === head.length);
  const widths = head.map((_, c) => Math.max(...whole.map((row) => row[c].length)));
  const first = Math.max(...rows.map(([name]) => name.length));
  return rows.map((row) =>
    row
      .map((cell, c) =>
        c === 0 ? cell.padEnd(first) : row.length < head.length ? cell : cell.padStart(widths[c]),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A result for programs. */
export function jsonOfVerdicts({
  settings,
  statistics,
  events,
  verdicts,
}: EvaluationResult): object {
  const { split, share, cutoffs, seed, every } = settings;
  return {
    ...{ split, share, cutoffs, seed, every, events, data: statistics },
    models: verdicts.map((verdict) => {
      const { name, kind } = verdict;
      if ('failure' in verdict) return { name, kind, failure: verdict.failure };
      const { task, cases, measures, byCutoff } = verdict.quality;
      return {
        ...{ name, kind, task, cases, measures, by_cutoff: byCutoff },
        ndcg_difference: verdict.difference ?? null,
        fit_seconds: verdict.fitSeconds,
        judge_seconds: verdict.judgeSeconds,
        bytes: verdict.bytes,
      };
    }),
  };
}
