import { stringify } from 'yaml';
import type { UnseenComparison } from '../../training/tuning/compare-unseen.ts';
import type { StudyOutcome } from '../../training/tuning/run-study.ts';
import { bestTrial, failureReasons, type Trial } from '../../training/tuning/trial.ts';
import type { TuneSettings } from './settings.ts';

/** A study that found something. */
export interface FinishedStudy {
  readonly settings: TuneSettings;
  readonly outcome: StudyOutcome & { readonly best: NonNullable<StudyOutcome['best']> };
  /** The best options against those in use; absent where they are the same or it was not possible. */
  readonly unseen: UnseenComparison | undefined;
}

/** One line about a trial that ended. */
export function renderTrial(trial: Trial, all: readonly Trial[], trials: number): string {
  const best = bestTrial(all);
  const what =
    trial.state === 'complete'
      ? `NDCG ${digits(trial.score)}`
      : trial.state === 'failed'
        ? `failed, ${failureReasons[trial.reason]}: ${trial.message}`
        : trial.state;
  return [
    `trial ${trial.number + 1} of ${trials}`,
    what,
    best === undefined ? 'no best yet' : `best ${digits(best.score)} of trial ${best.number + 1}`,
    trial.state === 'running' ? '' : `${trial.seconds.toFixed(1)} s`,
    Object.entries(trial.values)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ].join('  ');
}

/** The best options as part of a configuration, with what they are worth in front of it. */
export function renderStudy({ settings, outcome, unseen }: FinishedStudy): string {
  const { model, kind, raw } = settings;
  const { best, trials } = outcome;
  const current = scoreInUse(trials);
  const lines = [
    best.number === 0
      ? `The options in use are the best of ${trials.length} trials: NDCG@20 ${digits(best.score)}`
      : `Best of ${trials.length} trials: NDCG@20 ${digits(best.score)}, with the options in use ${current === undefined ? 'none' : digits(current)}`,
    ...(unseen === undefined ? [] : [renderUnseen(unseen)]),
  ];
  const options = best.number === 0 ? raw : { ...raw, ...best.values };
  const yaml = stringify({ models: { [model]: { kind: kind.kind, options } } });
  return `${lines.map((line) => `# ${line}\n`).join('')}${yaml}`;
}

function renderUnseen({ cases, difference: { mean, low, high } }: UnseenComparison): string {
  const chance = low > 0 || high < 0 ? '' : ': may be chance';
  return `On ${cases} cases that no trial saw: ${signed(mean)} (95 % from ${signed(low)} to ${signed(high)})${chance}`;
}

/** The same for programs. */
export function studyReport({ settings, outcome, unseen }: FinishedStudy): object {
  const { best, trials, ending } = outcome;
  const failed: Record<string, number> = {};
  for (const trial of trials)
    if (trial.state === 'failed') failed[trial.reason] = (failed[trial.reason] ?? 0) + 1;
  const { scores, cases, difference } = unseen ?? {};
  return {
    model: settings.model,
    kind: settings.kind.kind,
    study: settings.study,
    ending,
    trials: trials.length,
    failed,
    best: { trial: best.number + 1, ndcg: best.score, values: best.values },
    current: { ndcg: scoreInUse(trials) ?? null },
    options: best.number === 0 ? settings.raw : { ...settings.raw, ...best.values },
    unseen: unseen === undefined ? null : { ndcg: scores, cases, ...difference },
  };
}

function scoreInUse(trials: readonly Trial[]): number | undefined {
  const first = trials.find(({ number }) => number === 0);
  return first?.state === 'complete' ? first.score : undefined;
}

const digits = (score: number) => score.toFixed(4);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
