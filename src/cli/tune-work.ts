import { stringify } from 'yaml';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { vectorColumnsOf } from '../models/vector-columns.ts';
import { ItemTable } from '../stores/item-table.ts';
import { type BlendToTune, type TunedBlend, tuneBlend } from '../training/tuning/tune-blend.ts';
import { type Arguments, type Command, configOption, usageError } from './command.ts';
import { nearest } from './nearest.ts';
import { readLearningData } from './read-learning-data.ts';
import { createOptionReader } from './replay/option-values.ts';
import { createStartProgress } from './start-progress.ts';
import type { Terminal } from './terminal.ts';

/** Searches better weights for the models that score for one work; changes nothing that serves. */
export const tuneWork: Command = {
  name: 'tune-work',
  summary: 'search better weights for the models of a work',
  details: [
    'Learns the models that the work retrieves or scores with from the first four fifths of the sessions, searches the',
    'weights of their blend that foresee the next clicks of the next tenth best, and compares them with those in use on',
    'the last tenth, which the search has not seen. Prints the stage to paste into the configuration.',
  ].join('\n'),
  positionals: 'WORK',
  options: {
    trials: {
      value: 'N',
      default: '150',
      summary: 'trials before the weights are refined one by one',
    },
    config: configOption,
    json: { summary: 'print the result as one line of JSON' },
  },
  run: async (given, terminal) => {
    const config = readConfig(given.values.config!, terminal.environment);
    const { work, trials } = parseSettings(given, config);
    const tuned = await tune(config, { work, trials }, terminal);
    terminal.out(given.switches.has('json') ? report(work, tuned) : render(config, work, tuned));
    return 0;
  },
};

interface Settings {
  readonly work: string;
  readonly trials: number;
}

function parseSettings({ values, positionals }: Arguments, { works, models }: Config): Settings {
  const reader = createOptionReader(values);
  const trials = reader.whole('trials', 10_000);
  const [work = ''] = positionals;
  const mistakes = [...reader.mistakes];
  if (positionals.length !== 1) mistakes.push(`needs one work, got ${positionals.length}`);
  else if (!Object.hasOwn(works, work)) {
    const near = nearest(work, Object.keys(works));
    const known =
      near === undefined
        ? `expected one of ${Object.keys(works).join(', ')}`
        : `did you mean ${near}`;
    mistakes.push(`work ${work} is not configured, ${known}`);
  } else if (Object.keys(modelsOf({ works, models }, work)).length < 2)
    mistakes.push(`work ${work} asks fewer than two models, which leaves nothing to weigh`);
  if (mistakes.length > 0) throw usageError('tune-work', mistakes);
  return { work, trials };
}

/** The models that a work asks, with the weights they have. */
function modelsOf(
  { works, models }: Pick<Config, 'works' | 'models'>,
  work: string,
): BlendToTune['models'] {
  const used = works[work].stages.flatMap((stage) => {
    if (stage.stage === 'score')
      return stage.use.map(({ algorithm, weight }) => ({ algorithm, weight }));
    return stage.stage === 'retrieve'
      ? stage.use.map(({ algorithm }) => ({ algorithm, weight: 0 }))
      : [];
  });
  const found: Record<string, BlendToTune['models'][string]> = {};
  for (const { algorithm, weight } of used)
    if (Object.hasOwn(models, algorithm))
      found[algorithm] = {
        ...models[algorithm],
        weight: Math.max(weight, found[algorithm]?.weight ?? 0),
      };
  return found;
}

async function tune(
  config: Config,
  { work, trials }: Settings,
  terminal: Terminal,
): Promise<TunedBlend> {
  const stop = new AbortController();
  const release = terminal.onStop(() => stop.abort(new Error('stopped')));
  const progress = createStartProgress(terminal, systemClock);
  try {
    const data = await readLearningData(config, systemClock, progress.update);
    const table = new ItemTable({ vectorColumns: vectorColumnsOf(config.models) });
    for (const item of data.items) table.upsert(item);
    return await tuneBlend(
      { interactions: data.interactions, table, models: modelsOf(config, work) },
      {
        ...{ trials, signal: stop.signal },
        onProgress: (told) => progress.update({ phase: 'train', ...told }),
      },
    );
  } finally {
    progress.end();
    release();
  }
}

/** The score stage with the new weights; what is no model keeps its own. */
function render(
  { works }: Config,
  work: string,
  { weights, difference, tuned, inUse }: TunedBlend,
): string {
  const stage = works[work].stages.find((one) => one.stage === 'score');
  if (stage?.stage !== 'score')
    throw new SightlineError('SL_CONFIG_INVALID', `work ${work} has no score stage, expected one`);
  const others = stage.use.filter(({ algorithm }) => !Object.hasOwn(weights, algorithm));
  const models = Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([algorithm, weight]) => ({ algorithm, weight }));
  const { mean, low, high } = difference;
  const chance = low > 0 || high < 0 ? '' : ': may be chance';
  const head = [
    `On ${tuned.cases} next clicks that the search has not seen: NDCG@20 ${digits(tuned.ndcg)}, with the weights in use ${digits(inUse.ndcg)}`,
    `Difference ${signed(mean)} (95 % from ${signed(low)} to ${signed(high)})${chance}`,
  ];
  const yaml = stringify([{ stage: 'score', use: [...others, ...models] }]);
  return `${head.map((line) => `# ${line}\n`).join('')}${yaml}`;
}

function report(work: string, { weights, ndcg, tuned, inUse, difference }: TunedBlend): string {
  const shown = ({ cases, ndcg: unseen, hitRate, mrr }: TunedBlend['tuned']) => ({
    cases,
    ndcg: unseen,
    hitRate,
    mrr,
  });
  return `${JSON.stringify({ work, weights, ndcg, tuned: shown(tuned), inUse: shown(inUse), difference })}\n`;
}

const digits = (score: number) => score.toFixed(4);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
