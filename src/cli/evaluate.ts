import { type Config, readConfig } from '../config.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { describeDataset } from '../training/dataset/describe-dataset.ts';
import { describeLearning } from '../training/dataset/interactions-from-store.ts';
import type { Command } from './command.ts';
import { judgeModels } from './evaluate/judge-models.ts';
import {
  type EvaluationResult,
  jsonOfVerdicts,
  renderVerdicts,
} from './evaluate/render-verdicts.ts';
import {
  type EvaluateSettings,
  evaluateOptions,
  parseEvaluateSettings,
} from './evaluate/settings.ts';
import { splitData } from './evaluate/split-data.ts';
import { createProgress, type Progress } from './progress.ts';
import { readLearningData } from './read-learning-data.ts';
import type { Terminal } from './terminal.ts';

/** What takes less time than this needs no bar. */
const quietMs = 2000;

/** Tells how good the declared models are on what they have not seen. */
export const evaluate: Command = {
  name: 'evaluate',
  summary: 'tell how good models are on feedback that they have not seen',
  details: [
    'Holds out a part of the feedback, fits the named models, or all, on the rest, and judges them by',
    'what was held out; the whole catalogue is ranked. Nothing is saved. The data folder is only read,',
    'so a gateway may have it open; without one the configured data set is taken.',
    '',
    'Splits: temporal holds out all after an instant; last, the sessions that began last; leave-one-out,',
    'the item that each user took up last; ratio, a random share of the items of each user. In the first',
    'two nothing of later is learnt. Beside each NDCG stands its difference to the popularity list,',
    'with the 95 % interval of a paired bootstrap. Exits with 1 when a model could not be judged.',
  ].join('\n'),
  positionals: '[MODEL...]',
  options: evaluateOptions,
  run: async (given, terminal) => {
    const config = readConfig(given.values.config!, terminal.environment);
    const settings = parseEvaluateSettings(given, config);
    const stop = new AbortController();
    const release = terminal.onStop(() => stop.abort(new Error('stopped')));
    const bar = createLateProgress(terminal, systemClock);
    let result: EvaluationResult;
    try {
      result = await evaluateData(config, settings, { terminal, bar, signal: stop.signal });
    } catch (cause) {
      if (!stop.signal.aborted) throw cause;
      terminal.err('stopped\n');
      return 1;
    } finally {
      release();
      bar.end();
    }
    terminal.out(
      settings.json ? `${JSON.stringify(jsonOfVerdicts(result))}\n` : renderVerdicts(result),
    );
    return result.verdicts.some((verdict) => 'failure' in verdict) ? 1 : 0;
  },
};

interface Desk {
  readonly terminal: Terminal;
  readonly bar: Progress;
  readonly signal: AbortSignal;
}

async function evaluateData(
  config: Config,
  settings: EvaluateSettings,
  { terminal, bar, signal }: Desk,
): Promise<EvaluationResult> {
  const data = await readLearningData(config, systemClock, ({ name, done, note }) =>
    bar.update(`reading ${name}`, done, note),
  );
  const { interactions, items, report } = data;
  if (Object.keys(report.leftOut).length > 0) terminal.err(`${describeLearning(report)}\n`);
  const split = splitData(interactions, settings);
  const progress = bar.update;
  const verdicts = await judgeModels({
    split,
    items,
    settings,
    clock: systemClock,
    progress,
    signal,
  });
  const events = { before: split.before.codes.length, after: split.after.codes.length };
  return { settings, statistics: describeDataset(interactions), events, verdicts };
}

/** Bars of what has been going on for two seconds. */
function createLateProgress(terminal: Terminal, clock: Clock): Progress {
  const progress = createProgress(terminal, clock);
  let name = '';
  let sinceMs = 0;
  return {
    update(next, done, note) {
      if (next !== name) {
        name = next;
        sinceMs = clock.monotonic();
      }
      if (clock.monotonic() - sinceMs >= quietMs) progress.update(next, done, note);
    },
    end: progress.end,
  };
}
