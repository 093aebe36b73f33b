import { availableParallelism } from 'node:os';
import type { Config } from '../../config.ts';
import type { EvaluationTask } from '../../training/evaluation/model-quality.ts';
import { type Arguments, configOption, type Option, usageError } from '../command.ts';
import { nearest } from '../nearest.ts';
import { createOptionReader } from '../replay/option-values.ts';

/** How the data may be split, and what that means. */
export const splitNames = ['temporal', 'last', 'leave-one-out', 'ratio'] as const;
export type SplitName = (typeof splitNames)[number];
const tasks = ['ranking', 'next-click'] as const satisfies readonly EvaluationTask[];

/** The options of `sightline evaluate`. */
export const evaluateOptions = {
  config: configOption,
  split: {
    value: 'NAME',
    default: 'temporal',
    summary: `what is held out: ${splitNames.join(', ')}`,
  },
  share: { value: 'S', default: '0.2', summary: 'how much is held out, between 0 and 1' },
  task: {
    value: 'TASK',
    summary: 'next-click or ranking; ranking where the data name users, unless given',
  },
  cutoff: {
    value: 'N[,N...]',
    default: '20',
    summary: 'lengths of the lists; the table shows the first',
  },
  every: { value: 'N', default: '1', summary: 'judge each so many-th case, for a quick look' },
  seed: { value: 'N', default: '1', summary: 'seed of the splits that draw' },
  threads: { value: 'N', summary: 'threads that judge; one for each core unless given' },
  baselines: { summary: 'judge markov-1 and item-knn too, as they are without options' },
  json: { summary: 'print everything as one line of JSON' },
} satisfies Readonly<Record<string, Option>>;

/** What an evaluation was asked to do. */
export interface EvaluateSettings {
  readonly models: Config['models'];
  readonly split: SplitName;
  readonly share: number;
  readonly task: EvaluationTask | undefined;
  readonly cutoffs: readonly number[];
  readonly every: number;
  readonly seed: number;
  readonly threads: number;
  readonly baselines: boolean;
  readonly json: boolean;
}

/** Reads the values of the options and the names of models. Throws `SL_USAGE` with every mistake in it. */
export function parseEvaluateSettings(
  { values, switches, positionals }: Arguments,
  { models }: Pick<Config, 'models'>,
): EvaluateSettings {
  const reader = createOptionReader(values);
  const cutoffs = (values.cutoff ?? '').split(',').map(Number);
  const isLength = (length: number) => Number.isInteger(length) && length >= 1 && length <= 1000;
  if (!cutoffs.every(isLength) || cutoffs.length > 10)
    reader.wrong('cutoff', 'at most 10 whole numbers from 1 to 1000 with commas between');
  const share = Number(values.share);
  if (!(share > 0 && share < 1)) reader.wrong('share', 'a number between 0 and 1');
  const settings = {
    models: positionals.length === 0 ? models : pick(models, positionals),
    ...{ cutoffs, share },
    split: oneOf(splitNames, 'split', { values, reader })!,
    task: values.task === undefined ? undefined : oneOf(tasks, 'task', { values, reader }),
    every: reader.whole('every', 1_000_000),
    seed: reader.whole('seed', 999_999_999),
    threads: reader.wholeOr('threads', 256, availableParallelism()),
    baselines: switches.has('baselines'),
    json: switches.has('json'),
  };
  const mistakes = [...reader.mistakes, ...undeclared(models, positionals)];
  if (mistakes.length > 0) throw usageError('evaluate', mistakes);
  return settings;
}

function oneOf<Name extends string>(
  names: readonly Name[],
  option: string,
  {
    values,
    reader,
  }: { values: Arguments['values']; reader: ReturnType<typeof createOptionReader> },
): Name | undefined {
  const found = names.find((name) => name === values[option]);
  if (found === undefined) reader.wrong(option, `one of ${names.join(', ')}`);
  return found;
}

function pick(models: Config['models'], names: readonly string[]): Config['models'] {
  const declared = names.filter((name) => Object.hasOwn(models, name));
  return Object.fromEntries(declared.map((name) => [name, models[name]]));
}

function undeclared(models: Config['models'], names: readonly string[]): string[] {
  return names
    .filter((name) => !Object.hasOwn(models, name))
    .map((name) => {
      const near = nearest(name, Object.keys(models));
      const hint =
        near === undefined
          ? `expected one of ${Object.keys(models).join(', ')}`
          : `did you mean ${near}`;
      return `model ${name.slice(0, 64)} is not declared, ${hint}`;
    });
}
