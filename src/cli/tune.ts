import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Interactions } from '../models/model.ts';
import { lockFolder } from '../stores/folder-lock.ts';
import { hashInteractions } from '../training/dataset/hash-interactions.ts';
import { compareUnseen } from '../training/tuning/compare-unseen.ts';
import { type HoldOut, holdOut } from '../training/tuning/hold-out.ts';
import { optionsOf, runStudy, type StudyOutcome } from '../training/tuning/run-study.ts';
import { openStudyFile, type StudyFile } from '../training/tuning/study-file.ts';
import type { Command } from './command.ts';
import { keepCompiledCode } from './compile-cache.ts';
import { readLearningData } from './read-learning-data.ts';
import { createStartProgress } from './start-progress.ts';
import type { Terminal } from './terminal.ts';
import { type FinishedStudy, renderStudy, renderTrial, studyReport } from './tune/render-study.ts';
import { parseTuneSettings, type TuneSettings, tuneOptions } from './tune/settings.ts';

/** Share of the data that options are judged by; a trial sees one half of it, the last comparison the other. */
const heldShare = 0.2;

/** Share of the budget that one trial may take. */
const trialShare = 1 / 4;

/** Searches better options for one model, beside a gateway or without one; changes nothing that serves. */
export const tune: Command = {
  name: 'tune',
  summary: 'search better options for a model',
  details: [
    'Learns from four fifths of what is in the store with other options each time, and judges by NDCG@20',
    'on a tenth: the latest sessions, or where sessions name users the items that each took up last. The',
    'best options are compared with those in use on the last tenth, which no trial has seen, and printed',
    'to paste into the configuration. Every trial stands in MODELFOLDER/MODEL/studies/NAME.jsonl: the',
    'same command goes on after a stop. Other data, options or another search space begin anew. A trial may',
    'take a quarter of the time. Exits with 1 when it was stopped.',
  ].join('\n'),
  positionals: 'MODEL',
  options: tuneOptions,
  run: async (given, terminal) => {
    const config = readConfig(given.values.config!, terminal.environment);
    const settings = parseTuneSettings(given, config);
    // Half of what a trial takes to start.
    keepCompiledCode();
    const folder = join(config.modelFolder, settings.model, 'studies');
    const lock = lockFolder(folder);
    try {
      const held = holdOutData(await readInteractions(config, terminal));
      const file = join(folder, `${settings.study}.jsonl`);
      const study = openStudyFile(file, identityOf(settings, held));
      tellBegin(study, settings, terminal);
      try {
        return await tuneModel({ settings, held, study, terminal });
      } finally {
        study.close();
      }
    } finally {
      lock.release();
    }
  },
};

async function readInteractions(config: Config, terminal: Terminal): Promise<Interactions> {
  const progress = createStartProgress(terminal, systemClock);
  try {
    const { interactions } = await readLearningData(config, systemClock, progress.update);
    return interactions;
  } finally {
    progress.end();
  }
}

interface HeldData extends HoldOut {
  /** Hash of all of it. */
  readonly data: string;
}

function holdOutData(interactions: Interactions): HeldData {
  const held = holdOut(interactions, { share: heldShare });
  if (held.judging.codes.length > 0 && held.before.codes.length > 0)
    return { ...held, data: hashInteractions(interactions) };
  const message = `store has ${interactions.codes.length} events, expected enough to hold some out`;
  throw new SightlineError('SL_NOTHING_TO_LEARN', message);
}

/** What a study is about; anything else makes it another one. */
function identityOf({ kind, raw }: TuneSettings, { data, task }: HeldData) {
  return { kind: kind.kind, space: kind.searchSpace, options: raw, data, task, share: heldShare };
}

function tellBegin(study: StudyFile, { study: name }: TuneSettings, terminal: Terminal): void {
  const done = study.trials().length;
  const changed = study.changed.join(', ');
  if (changed !== '')
    terminal.err(
      `study ${name} begins anew, changed: ${changed}; the former is ${name}.old.jsonl\n`,
    );
  else if (done > 0) terminal.err(`study ${name} goes on after ${done} trials\n`);
}

interface Tuning {
  readonly settings: TuneSettings;
  readonly held: HeldData;
  readonly study: StudyFile;
  readonly terminal: Terminal;
}

async function tuneModel({ settings, held, study, terminal }: Tuning): Promise<number> {
  const { kind, raw, trials } = settings;
  const stop = new AbortController();
  const release = terminal.onStop(() => stop.abort());
  const current = kind.parseOptions(raw) as object;
  const shared = { kind, holdOut: held, signal: stop.signal };
  try {
    const outcome = await runStudy({
      ...{ ...shared, current, trials, journal: study },
      ...{ parallel: settings.parallel, budgetSeconds: settings.budgetSeconds },
      trialSeconds: settings.budgetSeconds * trialShare,
      // Who asks for more trials than before wants them tried.
      patience: Math.max(25, Math.ceil(trials / 2)),
      onTrial: (trial) => terminal.err(`${renderTrial(trial, study.trials(), trials)}\n`),
    });
    terminal.err(`${endings[outcome.ending]}\n`);
    if (outcome.best === undefined && stop.signal.aborted) return 1;
    const found = withBest(outcome);
    const isNew = found.best.number > 0 && !stop.signal.aborted;
    const both = [optionsOf(current, found.best), current] as const;
    const unseen = isNew ? await compareUnseen(shared, both) : undefined;
    tellEnd({ settings, outcome: found, unseen }, terminal);
    return stop.signal.aborted ? 1 : 0;
  } finally {
    release();
  }
}

function withBest(outcome: StudyOutcome): FinishedStudy['outcome'] {
  const { best, trials, ending } = outcome;
  if (best !== undefined) return { ...outcome, best };
  const last = trials.findLast((trial) => trial.state === 'failed');
  const message = `tuning ended by ${ending} after ${trials.length} trials, expected one to succeed`;
  const cause = last?.state === 'failed' ? new Error(last.message) : undefined;
  throw new SightlineError('SL_TRAINING_FAILED', message, { cause });
}

const endings: Readonly<Record<StudyOutcome['ending'], string>> = {
  trials: 'all trials are done',
  patience: 'ended early: nothing better for long',
  budget: 'ended early: the time is used up; the same command goes on',
  cancelled: 'stopped; the same command goes on',
  exhausted: 'ended early: all values were tried',
};

function tellEnd(finished: FinishedStudy, terminal: Terminal): void {
  terminal.out(
    finished.settings.json ? `${JSON.stringify(studyReport(finished))}\n` : renderStudy(finished),
  );
}
